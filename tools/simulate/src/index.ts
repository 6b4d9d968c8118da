export { guideFiles, writeGuide } from './write-guide.js';
