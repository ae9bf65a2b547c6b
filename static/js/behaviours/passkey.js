// Passkeys: the device is asked by the browser; the server's options stand in a data block or are fetched at the press.
const supported = Boolean(window.PublicKeyCredential && navigator.credentials);
const WORDS = {
  NotAllowedError: "没有完成。可能是取消了、超时了，或这台设备上没有可用的通行密钥。",
  InvalidStateError: "这台设备上已经有你的通行密钥了。",
  SecurityError: "通行密钥只能在协会的正式网址上使用。",
};

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

function text(buffer) {
  const letters = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

const withBytes = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

async function create(options) {
  const key = { ...options.publicKey };
  key.challenge = bytes(key.challenge);
  key.user = { ...key.user, id: bytes(key.user.id) };
  key.excludeCredentials = withBytes(key.excludeCredentials);
  const made = await navigator.credentials.create({ publicKey: key });
  return {
    ...common(made),
    response: {
      clientDataJSON: text(made.response.clientDataJSON),
      attestationObject: text(made.response.attestationObject),
      transports: made.response.getTransports ? made.response.getTransports() : [],
    },
  };
}

async function get(options) {
  const key = { ...options.publicKey };
  key.challenge = bytes(key.challenge);
  key.allowCredentials = withBytes(key.allowCredentials);
  const found = await navigator.credentials.get({ publicKey: key });
  const handle = found.response.userHandle;
  return {
    ...common(found),
    response: {
      clientDataJSON: text(found.response.clientDataJSON),
      authenticatorData: text(found.response.authenticatorData),
      signature: text(found.response.signature),
      userHandle: handle ? text(handle) : null,
    },
  };
}

function common(credential) {
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment || null,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function optionsOf(form) {
  const block = document.getElementById("passkey-options");
  if (!form.dataset.optionsFrom) return JSON.parse(block.textContent);
  const answer = await fetch(form.dataset.optionsFrom, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error("no options");
  return answer.json();
}

async function ask(form) {
  const trouble = form.querySelector("[data-passkey-trouble]");
  trouble.textContent = "";
  try {
    const options = await optionsOf(form);
    const credential =
      form.dataset.passkey === "create"
        ? await create(options.creation_options)
        : await get(options.request_options);
    form.elements.credential.value = JSON.stringify(credential);
    form.requestSubmit();
  } catch (error) {
    trouble.textContent = WORDS[error.name] || "没有连上服务器，请刷新页面后再试。";
  }
}

if (supported) {
  document.querySelectorAll("[data-passkey-way]").forEach((part) => (part.hidden = false));
  document.querySelectorAll("[data-passkey-missing]").forEach((part) => part.remove());
}

// Before the other listeners: a form without its key is not being sent yet.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.matches("[data-passkey]") || form.elements.credential.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(form);
  },
  true,
);

// A key serves one sending; back from the answer another one is asked for.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("[data-passkey]").forEach((form) => (form.elements.credential.value = ""));
});
