// What isn't a curve: filters and digits on canvases, the confusion matrix as a table.

const CLASSES = 10;

/** A canvas of `width` x `height` pixels in `parent`, shown as large as the style says. */
function canvasIn(parent, width, height, label) {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  canvas.role = 'img';
  canvas.ariaLabel = label;
  parent.append(canvas);
  return canvas.getContext('2d');
}

/**
 * Draws filters: ink for weights above 0 and below in two colours, more of it the further from 0.
 * @returns {(weights: Float32Array) => void} takes `[count, 1, size, size]`
 */
export function createFilters(parent, count, size) {
  const pens = Array.from({ length: count }, (_, index) => canvasIn(parent, size, size, `Filter ${index + 1}`));
  const colors = ['.warm', '.cold'].map((name) => document.querySelector(name));
  return (weights) => {
    const [warm, cold] = colors.map((element) => getComputedStyle(element).backgroundColor.match(/\d+/g).map(Number));
    const strongest = weights.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    pens.forEach((pen, index) => {
      const picture = pen.createImageData(size, size);
      for (let i = 0; i < size * size; i++) {
        const strength = weights[index * size * size + i] / strongest;
        picture.data.set([...(strength > 0 ? warm : cold), 255 * Math.abs(strength)], 4 * i);
      }
      pen.putImageData(picture, 0, 0);
    });
  };
}

/** Draws pictures below one another, as `preview` of quadlane/train gives them. */
export function showPictures(parent, pictures) {
  parent.replaceChildren();
  for (const { width, height, data } of pictures) {
    canvasIn(parent, width, height, 'Digits 0 to 9').putImageData(new ImageData(data, width, height), 0, 0);
  }
}

/**
 * A confusion matrix in `table`.
 * @returns {(counts?: Uint32Array) => void} takes `[10, 10]`; without it the table is empty
 */
export function createConfusion(table) {
  const names = Array.from({ length: CLASSES }, (_, label) => label);
  const head = table.createTHead().insertRow();
  head.append(document.createElement('td'), ...names.map((name) => heading('col', name)));
  const body = table.createTBody();
  const cells = names.flatMap((name) => {
    const row = body.insertRow();
    row.append(heading('row', name));
    return names.map(() => row.insertCell());
  });
  return (counts) => {
    cells.forEach((cell, index) => {
      const count = counts?.[index] ?? 0;
      const label = Math.floor(index / CLASSES);
      const examples = counts?.subarray(label * CLASSES, (label + 1) * CLASSES).reduce((sum, one) => sum + one, 0);
      cell.className = label === index % CLASSES ? 'right' : 'wrong';
      cell.textContent = count || '';
      // The root lets a few mistakes among hundreds show.
      cell.style.setProperty('--share', count === 0 ? 0 : Math.cbrt(count / examples));
    });
  };
}

function heading(scope, text) {
  return Object.assign(document.createElement('th'), { scope, textContent: text });
}
