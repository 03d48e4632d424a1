// The focal point of a picture by a click; the two numbers below stay, for the keyboard and for whoever has no script.

const place = document.querySelector("[data-focal]");
const inputs = ["x", "y"].map((axis) => document.querySelector(`#id_focus_${axis}`));
if (place && inputs.every(Boolean)) start();

function start() {
  const whole = place.querySelector(".focal__whole"), picture = whole.querySelector("img");
  const card = place.querySelector(".focal__teaser");
  const mark = document.createElement("span");
  mark.className = "focal__mark";
  whole.append(mark);
  whole.dataset.clickable = "";
  place.querySelector("[data-focal-help]").hidden = false;

  whole.addEventListener("click", ({ clientX, clientY }) => {
    const box = picture.getBoundingClientRect();
    const shares = [(clientX - box.left) / box.width, (clientY - box.top) / box.height];
    inputs.forEach((input, axis) => { input.value = Math.round(100 * Math.min(1, Math.max(0, shares[axis]))); });
    draw();
    inputs[0].dispatchEvent(new Event("change", { bubbles: true }));
  });
  for (const input of inputs) input.addEventListener("input", draw);
  draw();

  function draw() {
    const [x, y] = inputs.map((input) => Math.min(100, Math.max(0, Number(input.value) || 0)));
    mark.style.left = `${x}%`;
    mark.style.top = `${y}%`;
    if (!picture.complete || !picture.naturalWidth) return void picture.addEventListener("load", draw, { once: true });
    card.src = card.dataset.whole;
    card.style.objectPosition = position(picture, x / 100, y / 100);
  }
}

// As the server cuts: the largest box of 16 to 9 with the point as near its middle as can be.
function position({ naturalWidth: width, naturalHeight: height }, x, y) {
  const scale = Math.min(width / 16, height / 9);
  return [[width, 16 * scale, x], [height, 9 * scale, y]].map(([length, part, share]) => {
    const spare = length - part, start = Math.min(spare, Math.max(0, length * share - part / 2));
    return `${spare > 0.5 ? (100 * start) / spare : 50}%`;
  }).join(" ");
}
