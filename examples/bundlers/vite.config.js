// Vite 8 needs nothing of this. The headers let threads share memory; Vite 7's development server needs optimizeDeps.

const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default {
  build: { outDir: 'out' },
  optimizeDeps: { exclude: ['quadlane'] },
  // In the clone, network and package lie outside of this folder.
  server: { headers, fs: { allow: ['../..'] } },
  preview: { headers },
};
