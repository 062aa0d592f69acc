import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';

// A folder of files; nothing of this is about quadlane.
export default { plugins: [sveltekit({ adapter: adapter() })] };
