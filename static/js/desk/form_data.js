// What stands in a form, as it would be sent: for keeping it and for looking at it. Files stay where they are.

export function formData(form, more = {}) {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (typeof value !== "string") data.delete(name);
  for (const [name, value] of Object.entries(more)) data.set(name, value);
  return new URLSearchParams(data);
}
