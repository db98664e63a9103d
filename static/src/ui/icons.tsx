/** Line icons, 24 × 24. Every one stands beside a word, so all are hidden from screen readers. */
const shapes = {
  today: 'M4 5h16v15H4zM4 10h16M8 3v4M16 3v4M8 15l2.5 2.5L16 13',
  tasks: 'M9 6h12M9 12h12M9 18h12M3 6l1.5 1.5L7 5M3 12l1.5 1.5L7 11M3 18l1.5 1.5L7 17',
  add: 'M12 4v16M4 12h16',
  records: 'M6 3h9l4 4v14H6zM14 3v5h5M9 13h7M9 17h5',
  me: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c1-5 4-7 8-7s7 2 8 7',
  approve: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8 12l3 3 5-6',
  map: 'M3 6l6-2 6 2 6-2v14l-6 2-6-2-6 2zM9 4v14M15 6v14',
  dispatch: 'M3 12l18-8-6 17-4-7zM11 14l4-4',
  team: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2 20c.5-4 3-6 7-6s6.500 2 7 6M16 4.500a3.500 3.500 0 0 1 0 6M18 14.500c2.500.8 3.700 2.500 4 5.500',
  information: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v6M12 7v.5',
  hazards: 'M12 3l10 18H2zM12 10v5M12 17.500v.5',
  mediations: 'M3 4h12v9H8l-4 3v-3H3zM18 9h3v8h-1v3l-4-3h-4',
  visits: 'M3 11l9-8 9 8M5 10v11h14V10M10 21v-6h4v6',
  emergencies: 'M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4M12 2v2M4 6l-1.500-1.500M20 6l1.500-1.500',
  publicity: 'M4 10v5h3l9 5V5l-9 5zM19 9a5 5 0 0 1 0 7M8 15v5h3v-3',
  walk: 'M13 5.500a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3zM9 22l2.500-7L9 12l1-5 3 0 2 3 3 1M14 22l-1-5-2-2M8 9l-2 3',
  camera: 'M3 7h4l2-3h6l2 3h4v13H3zM12 17a4 4 0 1 0 0-8 4 4 0 0 0 0 8z',
  pin: 'M12 22c5-6 7-9 7-12a7 7 0 1 0-14 0c0 3 2 6 7 12zM12 12a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z',
  call: 'M5 3h4l2 5-3 2a12 12 0 0 0 6 6l2-3 5 2v4c0 1-1 2-2 2A17 17 0 0 1 3 5c0-1 1-2 2-2z',
  back: 'M15 4l-8 8 8 8',
  go: 'M9 4l8 8-8 8',
  close: 'M5 5l14 14M19 5L5 19',
  check: 'M4 12.500l5 5L20 6.500',
  sent: 'M7 18a5 5 0 1 1 1-9.900A6 6 0 0 1 19.500 10 4 4 0 0 1 18 18zM9 13l2.500 2.500L16 11',
  waiting: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l4 2',
  sending: 'M12 20V6M6 11l6-6 6 6',
  phone: 'M7 2h10v20H7zM11 19h2',
  refused: 'M8 3h8l5 5v8l-5 5H8l-5-5V8zM9 9l6 6M15 9l-6 6',
  returned: 'M9 5L4 10l5 5M4 10h10a6 6 0 0 1 0 11h-3',
  undo: 'M9 5L4 10l5 5M4 10h10a6 6 0 0 1 0 11h-3',
  swap: 'M4 8h15l-4-4M20 16H5l4 4',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5',
  edit: 'M4 20l1-5L16 4l4 4L9 19z',
  trash: 'M4 6h16M9 6V3h6v3M6 6l1 15h10l1-15',
  download: 'M12 3v12M7 11l5 5 5-5M4 20h16',
  obstructed: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM6 6l12 12',
  retry: 'M20 12a8 8 0 1 1-2.500-5.800M20 3v5h-5',
} as const;

export type IconName = keyof typeof shapes;

export function Icon({ name, size = 24 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      <path d={shapes[name]} />
    </svg>
  );
}
