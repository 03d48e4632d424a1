// The values of a form as it would be submitted, for autosave and preview. Files are left out.

export function formData(form, extraValues = {}) {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (typeof value !== "string") data.delete(name);
  for (const [name, value] of Object.entries(extraValues)) data.set(name, value);
  return new URLSearchParams(data);
}
