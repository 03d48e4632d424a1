// Buttons for passkeys: each gets options from the server, lets the browser make or show a passkey, and submits its form.

const toBytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

function parseOptions(options) {
  options.challenge = toBytes(options.challenge);
  if (options.user) options.user.id = toBytes(options.user.id);
  for (const passkey of options.allowCredentials ?? options.excludeCredentials ?? []) passkey.id = toBytes(passkey.id);
  return options;
}

function serialize(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  return JSON.stringify({ id: credential.id, rawId: toText(credential.rawId), type: credential.type, response });
}

async function useButton(button) {
  const { form } = button;
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  const answer = await fetch(button.dataset.options, { method: "POST", headers });
  if (!answer.ok) throw new Error(answer.status);
  const publicKey = parseOptions(await answer.json());
  const credential = await navigator.credentials[button.dataset.passkey]({ publicKey });
  form.elements.credential.value = serialize(credential);
  form.requestSubmit(button);
}

// Browsers know passkeys by the name of a site: there are none at an IP address.
const isOffered = window.PublicKeyCredential && !/^[\d.]+$|:/.test(location.hostname);

for (const button of isOffered ? document.querySelectorAll("[data-passkey]") : []) {
  button.hidden = false;
  button.addEventListener("click", async (event) => {
    if (button.form.elements.credential.value) return;
    event.preventDefault();
    if (!button.formNoValidate && !button.form.reportValidity()) return;
    const message = button.form.querySelector("[data-passkey-message]");
    message.textContent = "";
    try {
      await useButton(button);
    } catch {
      message.textContent = message.dataset.failed;
    }
  });
}
for (const hint of isOffered ? document.querySelectorAll("[data-without-passkeys]") : []) hint.hidden = true;
