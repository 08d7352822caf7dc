import { textKey } from './i18n'

/** Every keyboard command by name. Pages bind these and the sheet of commands shows these, so neither can drift from the other. */
export const KEY = {
  palette: 'Ctrl+k',
  help: '?',
  close: 'Escape',
  go_home: 'g h',
  go_orders: 'g o',
  go_import: 'g i',
  go_review: 'g v',
  go_print: 'g p',
  go_ship: 'g s',
  go_sync: 'g y',
  search: '/',
  next: 'j',
  previous: 'k',
  select: 'x',
  range: 'Shift+x',
  open: 'Enter',
  print: 'p',
  ship: 's',
  note: 'r',
  flag: 'f',
  approve: 'a',
  hold: 'h',
  reject: 'd',
  warehouse: 'w',
  split: 'c',
  bench_hold: 'F2',
  bench_force: 'F4',
  bench_reprint: 'F8',
} as const

/** The five flags follow the key for flags; 0 takes the flag away. */
export const FLAG_KEYS = [0, 1, 2, 3, 4, 5].map((flag) => ({ flag, keys: `${KEY.flag} ${flag}` }))

/** The sheet: what works where, by the keys as people read them. */
export const SHEET = [
  {
    title: textKey('shell.keys_everywhere'),
    rows: [
      [[KEY.palette], textKey('shell.key.palette')],
      [[KEY.go_home], textKey('shell.key.go_home')],
      [[KEY.go_orders], textKey('shell.key.go_orders')],
      [[KEY.go_import], textKey('shell.key.go_import')],
      [[KEY.go_review], textKey('shell.key.go_review')],
      [[KEY.go_print], textKey('shell.key.go_print')],
      [[KEY.go_ship], textKey('shell.key.go_ship')],
      [[KEY.go_sync], textKey('shell.key.go_sync')],
      [[KEY.close], textKey('shell.key.close')],
      [[KEY.help], textKey('shell.key.help')],
    ],
  },
  {
    title: textKey('shell.keys_orders'),
    rows: [
      [[KEY.search], textKey('shell.key.search')],
      [[KEY.next, KEY.previous], textKey('shell.key.move')],
      [[KEY.select], textKey('shell.key.select')],
      [[KEY.range], textKey('shell.key.range')],
      [[KEY.open], textKey('shell.key.open')],
      [[KEY.ship], textKey('shell.key.ship')],
      [[KEY.note], textKey('shell.key.note')],
      [[`${KEY.flag} 1`, `${KEY.flag} 5`], textKey('shell.key.flag')],
      [[`${KEY.flag} 0`], textKey('shell.key.no_flag')],
    ],
  },
  {
    title: textKey('shell.keys_print'),
    rows: [[[KEY.print], textKey('shell.key.print')]],
  },
  {
    title: textKey('shell.keys_bench'),
    rows: [
      [[KEY.bench_hold], textKey('shell.key.bench_hold')],
      [[KEY.bench_force], textKey('shell.key.bench_force')],
      [[KEY.bench_reprint], textKey('shell.key.bench_reprint')],
    ],
  },
  {
    title: textKey('shell.keys_review'),
    rows: [
      [[KEY.next, KEY.previous], textKey('shell.key.move')],
      [[KEY.approve], textKey('shell.key.approve')],
      [[KEY.hold], textKey('shell.key.hold')],
      [[KEY.reject], textKey('shell.key.reject')],
      [[KEY.warehouse], textKey('shell.key.warehouse')],
      [[KEY.split], textKey('shell.key.split')],
    ],
  },
] as const

/** "Shift+x" as "Shift X", "Escape" as "Esc", a sequence with a blank between. */
export function keyText(keys: string): string {
  return keys.replace('Escape', 'Esc').replace('+', ' ').replace('Ctrl k', 'Ctrl K')
}
