const PATHS = {
  close: 'M6 6l12 12M18 6L6 18',
  menu: 'M4 7h16M4 12h16M4 17h16',
  shop: 'M5 8h14l-1 12H6L5 8zM9 8V6a3 3 0 0 1 6 0v2',
  devices: 'M3 5h12v9H3zM7 18h4M9 14v4M17 9h4v10h-4z',
  sessions:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.4-4 3-6 6.5-6s6.1 2 6.5 6M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.3c2 .8 3.2 2.7 3.5 5.7',
  topology: 'M12 4v5M12 9l-6 6M12 9l6 6M9.5 4h5M3.5 15h5v5h-5zM15.5 15h5v5h-5z',
  failover: 'M3 13h4l2.5-7 4 13 2.5-6h5',
  audit: 'M6 3h9l4 4v14H6zM15 3v4h4M9 12h7M9 16h7',
  ok: 'M5 12.5l4.5 4.5L19 7.5',
  warn: 'M12 4l9 16H3zM12 10v4M12 17v.5',
  bad: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9 9l6 6M15 9l-6 6',
  info: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5M12 8v.5',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z',
  auto: 'M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16',
  computer: 'M3 5h18v11H3zM8 20h8M12 16v4',
  phone: 'M7 2.5h10v19H7zM11 18.5h2',
  program: 'M4 4h16v16H4zM8 9l3 3-3 3M13 15h3',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 21c.5-4.5 3.5-6.5 7.5-6.5s7 2 7.5 6.5',
  out: 'M10 4H5v16h5M14 8l4 4-4 4M18 12H9',
  minus: 'M6 12h12',
  plus: 'M6 12h12M12 6v12',
  next: 'M9 5l7 7-7 7',
  bolt: 'M13 3L5 14h6l-1 7 8-11h-6z',
  key: 'M15.5 3.5a5 5 0 1 1-4.3 7.6L4 18.3V21h3v-2.2h2.2v-2.2h2.2v-2.6M16.5 7.6v.2',
} as const;

/** The name of an icon. */
export type IconName = keyof typeof PATHS;

/** A line icon in the colour of its text. It says nothing that the text beside it does not. */
export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
