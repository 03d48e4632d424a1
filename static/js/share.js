/** Shows "Copy link" and "Another app" if the browser supports them. Without it the plain links remain. */

const able = {
  copy: () => Boolean(navigator.clipboard?.writeText),
  device: ({ url, title }) => Boolean(navigator.canShare?.({ url, title })),
};

const act = {
  async copy({ url, done, failed }, tell) {
    try {
      await navigator.clipboard.writeText(url);
      tell(done);
    } catch {
      tell(failed);
    }
  },
  async device({ url, title }) {
    try {
      await navigator.share({ url, title });
    } catch {
      // The reader closed the sheet.
    }
  },
};

for (const button of document.querySelectorAll("[data-share]")) {
  const { share, ...details } = button.dataset;
  if (!able[share]?.(details)) continue;
  const state = button.closest(".share").querySelector("[role=status]");
  button.addEventListener("click", () => act[share](details, (words) => (state.textContent = words)));
  button.closest("[hidden]").hidden = false;
}
