// Reads QR codes from the camera where the browser can do it by itself. `seen(text)` is called once for each code held up.
const SAME_AFTER = 3000;
const EVERY = 200;

export async function usable() {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return false;
  try {
    return (await BarcodeDetector.getSupportedFormats()).includes("qr_code");
  } catch {
    return false;
  }
}

export async function start(video, seen) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  const last = { text: "", at: 0 };
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  const look = async () => {
    if (!stream.active) return;
    try {
      for (const found of await detector.detect(video)) {
        if (found.rawValue === last.text && Date.now() - last.at < SAME_AFTER) continue;
        Object.assign(last, { text: found.rawValue, at: Date.now() });
        await seen(found.rawValue);
      }
    } catch {
      // A frame that is not there yet.
    }
    setTimeout(look, EVERY);
  };
  look();
  return () => {
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
    video.hidden = true;
  };
}
