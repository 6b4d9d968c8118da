export { barsSvg, type BarChart, type Bars, type Side } from './bars-svg.js';
export { linesSvg, type Line, type LineChart } from './lines-svg.js';
export { label, picture, type Label } from './svg.js';
