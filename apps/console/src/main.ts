import { mount } from './mount.js';

const root = document.getElementById('root');
if (root) mount(root);
