/** What the command line asks for. */
export interface Options {
  /** Where the pictures go. */
  readonly folder: string;
  /** Each page at both widths, light and dark; otherwise wide and light, narrow and dark. */
  readonly all: boolean;
  /** Names of pages; empty: every one. */
  readonly pages: readonly string[];
}

/** How one picture is taken. */
export interface Look {
  readonly width: 375 | 1440;
  readonly height: number;
  readonly theme: 'light' | 'dark';
}

const WIDE = { width: 1440, height: 900 } as const;
const NARROW = { width: 375, height: 812 } as const;

/** Reads `[--all] [--out <folder>] [page …]`. */
export function readOptions(argv: readonly string[]): Options {
  const out = argv.indexOf('--out');
  const folder = out === -1 ? undefined : argv[out + 1];
  const rest = argv.filter((argument, at) => !argument.startsWith('--') && (out === -1 || at !== out + 1));
  return { folder: folder ?? 'docs/images', all: argv.includes('--all'), pages: rest };
}

/** The pictures of one page. */
export function looksFor({ all }: Pick<Options, 'all'>): readonly Look[] {
  const some: readonly Look[] = [
    { ...WIDE, theme: 'light' },
    { ...NARROW, theme: 'dark' },
  ];
  return all ? [...some, { ...WIDE, theme: 'dark' }, { ...NARROW, theme: 'light' }] : some;
}
