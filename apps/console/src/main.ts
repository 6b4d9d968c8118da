import { mount } from './mount.js';

const root = document.getElementById('root');
if (root) mount(root);
// All files came: see `public/before.js`.
sessionStorage.removeItem('holdfast.tries');
