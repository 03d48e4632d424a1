// Sets the focal point of an image by a click on it. The two number inputs below stay, for the keyboard.

const root = document.querySelector("[data-focal]");
const inputs = ["x", "y"].map((axis) => document.querySelector(`#id_focus_${axis}`));
if (root && inputs.every(Boolean)) start();

function start() {
  const figure = root.querySelector(".focal__whole"), image = figure.querySelector("img");
  const teaser = root.querySelector(".focal__teaser");
  const marker = document.createElement("span");
  marker.className = "focal__mark";
  figure.append(marker);
  figure.dataset.clickable = "";
  root.querySelector("[data-focal-help]").hidden = false;

  figure.addEventListener("click", ({ clientX, clientY }) => {
    const box = image.getBoundingClientRect();
    const point = [(clientX - box.left) / box.width, (clientY - box.top) / box.height];
    inputs.forEach((input, axis) => { input.value = Math.round(100 * Math.min(1, Math.max(0, point[axis]))); });
    render();
    inputs[0].dispatchEvent(new Event("change", { bubbles: true }));
  });
  for (const input of inputs) input.addEventListener("input", render);
  render();

  function render() {
    const [x, y] = inputs.map((input) => Math.min(100, Math.max(0, Number(input.value) || 0)));
    marker.style.left = `${x}%`;
    marker.style.top = `${y}%`;
    if (!image.complete || !image.naturalWidth) return void image.addEventListener("load", render, { once: true });
    teaser.src = teaser.dataset.whole;
    teaser.style.objectPosition = objectPosition(image, x / 100, y / 100);
  }
}

// The crop of `images.crop_to_size` on the server: the largest box of 16:9, its centre as near to the point as possible.
function objectPosition({ naturalWidth: width, naturalHeight: height }, x, y) {
  const scale = Math.min(width / 16, height / 9);
  return [[width, 16 * scale, x], [height, 9 * scale, y]].map(([length, cropLength, point]) => {
    const spare = length - cropLength, start = Math.min(spare, Math.max(0, length * point - cropLength / 2));
    return `${spare > 0.5 ? (100 * start) / spare : 50}%`;
  }).join(" ");
}
