// Which texts of a page are too faint to read: WCAG 2.2, 1.4.3, at 4.5 to 1. Runs inside the page, so it
// uses nothing from outside the function. Text upon pictures is not judged: the panel has none.

export function faintTexts() {
  const LEAST = 4.5;
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const channels = (colour) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (colour) => {
    const [red, green, blue] = channels(colour).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if (channels(colour)[3] === 255) return colour;
    }
    return "white";
  };
  const faint = [];
  for (const element of document.body.querySelectorAll("*")) {
    const own = element.matches("textarea") || [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!own || !element.checkVisibility() || element.disabled || element.closest(".cs-hidden")) continue;
    const [text, behind] = [luminance(getComputedStyle(element).color), luminance(ground(element))];
    const ratio = (Math.max(text, behind) + 0.05) / (Math.min(text, behind) + 0.05);
    if (ratio < LEAST) faint.push(`${ratio.toFixed(2)}: ${element.tagName} ${element.className} ${element.textContent.trim().slice(0, 40)}`);
  }
  return faint;
}
