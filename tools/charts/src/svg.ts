/** Where words stand, and how they look. */
export interface Label {
  readonly x: number;
  readonly y: number;
  readonly words: string;
  /** More attributes of the element. */
  readonly look?: string;
}

// Both readable on white and on near black; the text and the lines follow the reader's scheme.
const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-size: 16px; font-weight: 600 }
  .axis, .mark { stroke: #57606a; fill: none }
  .mark { stroke-dasharray: 4 3; stroke-width: 1.5 }
  .grid { stroke: #d0d7de }
  .paper { fill: #ffffff }
  .ours { fill: #2da44e } .base { fill: #8c959f } .other { fill: #bf8700 } .second { opacity: 0.55 }
  .ok { fill: #2da44e } .late { fill: #bf8700 } .failed { fill: #cf222e } .retried { fill: #8250df }
  .line { fill: none; stroke-width: 2 }
  .line.ours { stroke: #2da44e; fill: none } .line.base { stroke: #8c959f; fill: none } .line.other { stroke: #bf8700; fill: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .axis, .mark { stroke: #8b949e }
    .grid { stroke: #30363d }
    .paper { fill: #0d1117 }
    .ok { fill: #3fb950 } .late { fill: #d29922 } .failed { fill: #f85149 } .retried { fill: #bc8cff }
  }`;

/** A picture that a page can show by itself: its paper, its title and what is drawn. */
export function picture(title: string, height: number, drawn: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 ${height}" width="960" height="${height}" role="img" aria-label="${escape(title)}">`,
    `<style>${STYLE}\n</style>`,
    `<rect class="paper" width="960" height="${height}"/>`,
    label({ x: 16, y: 26, words: title, look: 'class="title"' }),
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
}

/** Words in a picture. */
export function label({ x, y, words, look = '' }: Label): string {
  const attributes = look === '' ? '' : ` ${look}`;
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${attributes}>${escape(words)}</text>`;
}

function escape(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
