// The page: shows pictures of digits, and below each what the service worker answers.

const pictures = document.querySelector('#pictures');
const status = document.querySelector('#status');

const names = Array.from({ length: 40 }, (_, index) => `${Math.floor(index / 4)}-${index % 4}.png`);
const answers = names.map((name) => {
  const figure = pictures.appendChild(document.createElement('figure'));
  const image = figure.appendChild(document.createElement('img'));
  Object.assign(image, { src: `digits/${name}`, alt: `a handwritten ${name[0]}`, width: 28, height: 28 });
  return figure.appendChild(document.createElement('figcaption'));
});

try {
  await navigator.serviceWorker.register('worker.js');
  await controlled();
  const started = performance.now();
  await Promise.all(names.map((name, index) => read(name, answers[index])));
  const milliseconds = Math.round(performance.now() - started);
  status.textContent = `The service worker read ${names.length} digits in ${milliseconds} ms. Stop the server and reload: it goes on.`;
} catch (error) {
  status.textContent = error.message;
}

/** Resolves when the service worker answers this page. */
function controlled() {
  if (navigator.serviceWorker.controller) return;
  return new Promise((resolve) => {
    navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true });
  });
}

async function read(name, answer) {
  const { digit } = await (await fetch(`read?name=${name}`)).json();
  answer.textContent = digit;
}
