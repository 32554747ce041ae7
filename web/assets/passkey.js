// Has a passkey made, or asked to sign. Without this script, and where the browser knows no
// passkeys, the page says so and the code does.
"use strict";
(() => {
  const box = document.getElementById("passkey");
  const form = document.getElementById("factor");
  const answer = document.getElementById("passkey-answer");
  if (!box || !form || !answer || !window.PublicKeyCredential || !navigator.credentials) return;
  const go = document.getElementById("passkey-go");
  const failed = document.getElementById("passkey-failed");

  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replace(/=+$/, "");
  const listed = (list) => list.map((each) => ({ ...each, id: bytes(each.id) }));

  const make = async (options) => {
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = listed(options.excludeCredentials);
    const { response } = await navigator.credentials.create({ publicKey: options });
    return {
      clientDataJSON: text(response.clientDataJSON),
      attestationObject: text(response.attestationObject),
    };
  };

  const sign = async (options) => {
    options.allowCredentials = listed(options.allowCredentials);
    const { rawId, response } = await navigator.credentials.get({ publicKey: options });
    return {
      id: text(rawId),
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: response.userHandle?.byteLength ? text(response.userHandle) : null,
    };
  };

  const press = async () => {
    go.disabled = true;
    failed.hidden = true;
    try {
      const options = JSON.parse(box.dataset.options);
      options.challenge = bytes(options.challenge);
      const said = await (box.dataset.does === "make" ? make(options) : sign(options));
      answer.value = JSON.stringify(said);
      // Past the check of the code field, which stays empty.
      HTMLFormElement.prototype.submit.call(form);
    } catch {
      // Cancelled, timed out, or no passkey at hand: browsers do not tell these apart.
      failed.hidden = false;
      go.disabled = false;
      go.focus();
    }
  };

  document.getElementById("passkey-cannot").hidden = true;
  document.getElementById("passkey-can").hidden = false;
  go.addEventListener("click", press);
})();
