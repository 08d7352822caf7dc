/**
 * QR codes of short texts (ISO/IEC 18004): byte mode, error correction level M,
 * versions 1 to 13. Enough for the address that an authenticator app scans, and
 * far smaller than a library for every kind of code.
 */

// Per version, starting with 1: check bytes of each block, and how many blocks there are.
const CHECK_BYTES = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22]
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9]

/** Rows of modules, true is dark, without the quiet zone; null when the text is too long (above about 330 bytes). */
export function qrModules(text: string): boolean[][] | null {
  const bytes = new TextEncoder().encode(text)
  const version = CHECK_BYTES.findIndex((_, i) => bytes.length <= capacity(i + 1)) + 1
  if (version === 0) return null
  const codewords = withChecks(dataBytes(bytes, version), version)
  const plain = new Grid(version)
  plain.drawFunction()
  plain.drawData(codewords)
  let best: Grid | null = null
  for (let mask = 0; mask < MASKS.length; mask++) {
    const candidate = plain.masked(mask)
    if (!best || candidate.penalty() < best.penalty()) best = candidate
  }
  return best?.cells ?? null
}

/** Modules left for data and checks in a version, in bytes. */
function totalBytes(version: number): number {
  let bits = (16 * version + 128) * version + 64
  if (version >= 2) {
    const n = Math.floor(version / 7) + 2
    bits -= (25 * n - 10) * n - 55
    if (version >= 7) bits -= 36
  }
  return Math.floor(bits / 8)
}

function dataLength(version: number): number {
  return totalBytes(version) - at(CHECK_BYTES, version - 1) * at(BLOCKS, version - 1)
}

const countBits = (version: number) => (version < 10 ? 8 : 16)

/** How many bytes of text fit. */
function capacity(version: number): number {
  return Math.floor((dataLength(version) * 8 - 4 - countBits(version)) / 8)
}

/** Mode, length, text, terminator and padding. */
function dataBytes(bytes: Uint8Array, version: number): number[] {
  const bits: number[] = []
  const push = (value: number, length: number) => {
    for (let i = length - 1; i >= 0; i--) bits.push((value >>> i) & 1)
  }
  push(0b0100, 4)
  push(bytes.length, countBits(version))
  for (const byte of bytes) push(byte, 8)
  const room = dataLength(version) * 8
  push(0, Math.min(4, room - bits.length))
  push(0, (8 - (bits.length % 8)) % 8)
  for (let pad = 0xec; bits.length < room; pad ^= 0xec ^ 0x11) push(pad, 8)
  return Array.from({ length: bits.length / 8 }, (_, i) => bits.slice(i * 8, i * 8 + 8).reduce((sum, bit) => sum * 2 + bit, 0))
}

/** Splits the data into blocks, adds each block's check bytes, and interleaves them all. */
function withChecks(data: number[], version: number): number[] {
  const blocks = at(BLOCKS, version - 1)
  const checks = at(CHECK_BYTES, version - 1)
  const short = Math.floor(data.length / blocks)
  const longer = data.length % blocks
  const divisor = generator(checks)
  const parts: number[][] = []
  for (let i = 0, from = 0; i < blocks; i++) {
    const length = short + (i >= blocks - longer ? 1 : 0)
    parts.push(data.slice(from, from + length))
    from += length
  }
  const out: number[] = []
  for (let i = 0; i <= short; i++) for (const part of parts) if (i < part.length) out.push(at(part, i))
  const remainders = parts.map((part) => remainder(part, divisor))
  for (let i = 0; i < checks; i++) for (const r of remainders) out.push(at(r, i))
  return out
}

// Arithmetic in GF(256) with the polynomial of QR codes.
function multiply(a: number, b: number): number {
  let product = 0
  for (let x = a, y = b; y > 0; y >>>= 1) {
    if (y & 1) product ^= x
    x = x & 0x80 ? (x << 1) ^ 0x11d : x << 1
  }
  return product
}

/** Coefficients of the Reed-Solomon generator below its leading 1. */
function generator(degree: number): number[] {
  let out = [1]
  for (let i = 0, root = 1; i < degree; i++, root = multiply(root, 2)) {
    const next = [...out, 0]
    out.forEach((c, j) => (next[j + 1] = at(next, j + 1) ^ multiply(c, root)))
    out = next
  }
  return out.slice(1)
}

function remainder(data: number[], divisor: number[]): number[] {
  const out = divisor.map(() => 0)
  for (const byte of data) {
    const factor = byte ^ at(out, 0)
    out.shift()
    out.push(0)
    divisor.forEach((c, i) => (out[i] = at(out, i) ^ multiply(c, factor)))
  }
  return out
}

type Mask = (row: number, column: number) => boolean
const MASKS: Mask[] = [
  (r, c) => (r + c) % 2 === 0,
  (r) => r % 2 === 0,
  (_, c) => c % 3 === 0,
  (r, c) => (r + c) % 3 === 0,
  (r, c) => (Math.floor(r / 2) + Math.floor(c / 3)) % 2 === 0,
  (r, c) => ((r * c) % 2) + ((r * c) % 3) === 0,
  (r, c) => (((r * c) % 2) + ((r * c) % 3)) % 2 === 0,
  (r, c) => (((r + c) % 2) + ((r * c) % 3)) % 2 === 0,
]

/** The square of modules while it is drawn. */
class Grid {
  readonly size: number
  readonly cells: boolean[][]
  /** Patterns that the reader needs: neither data nor masked. */
  private readonly fixed: boolean[][]
  private readonly version: number

  constructor(version: number) {
    this.version = version
    this.size = version * 4 + 17
    this.cells = square(this.size)
    this.fixed = square(this.size)
  }

  private set(row: number, column: number, dark: boolean): void {
    at(this.cells, row)[column] = dark
    at(this.fixed, row)[column] = true
  }

  drawFunction(): void {
    for (let i = 0; i < this.size; i++) {
      this.set(6, i, i % 2 === 0)
      this.set(i, 6, i % 2 === 0)
    }
    const far = this.size - 4
    for (const [row, column] of [[3, 3], [3, far], [far, 3]] as const) this.drawFinder(row, column)
    const centers = this.alignment()
    const last = centers.at(-1)
    for (const row of centers) {
      for (const column of centers) {
        if ((row === 6 && column === 6) || (row === 6 && column === last) || (row === last && column === 6)) continue
        for (let y = -2; y <= 2; y++) for (let x = -2; x <= 2; x++) this.set(row + y, column + x, Math.max(Math.abs(y), Math.abs(x)) !== 1)
      }
    }
    this.drawFormat(0)
    this.drawVersion()
  }

  private drawFinder(row: number, column: number): void {
    for (let y = -4; y <= 4; y++) {
      for (let x = -4; x <= 4; x++) {
        const [r, c] = [row + y, column + x]
        const ring = Math.max(Math.abs(y), Math.abs(x))
        if (r >= 0 && r < this.size && c >= 0 && c < this.size) this.set(r, c, ring !== 2 && ring !== 4)
      }
    }
  }

  private alignment(): number[] {
    if (this.version === 1) return []
    const n = Math.floor(this.version / 7) + 2
    const step = Math.ceil((this.version * 4 + 4) / (n * 2 - 2)) * 2
    return [6, ...Array.from({ length: n - 1 }, (_, i) => this.size - 7 - i * step).reverse()]
  }

  /** Level and mask, twice, protected by a BCH code. */
  private drawFormat(mask: number): void {
    // Level M is 00, so that the five bits are the mask's.
    const bits = ((mask << 10) | bch(mask, 10, 0x537)) ^ 0x5412
    const bit = (i: number) => ((bits >>> i) & 1) === 1
    for (let i = 0; i < 15; i++) {
      this.set(i < 6 ? i : i < 8 ? i + 1 : this.size - 15 + i, 8, bit(i))
      this.set(8, i < 8 ? this.size - 1 - i : i < 9 ? 7 : 14 - i, bit(i))
    }
    this.set(this.size - 8, 8, true)
  }

  private drawVersion(): void {
    if (this.version < 7) return
    const bits = (this.version << 12) | bch(this.version, 12, 0x1f25)
    for (let i = 0; i < 18; i++) {
      const dark = ((bits >>> i) & 1) === 1
      const [near, far] = [Math.floor(i / 3), this.size - 11 + (i % 3)]
      this.set(near, far, dark)
      this.set(far, near, dark)
    }
  }

  /** Bits run up and down in pairs of columns from the right, around what is fixed. */
  drawData(codewords: number[]): void {
    let i = 0
    for (let right = this.size - 1; right >= 1; right -= 2) {
      if (right === 6) right = 5
      const upward = ((right + 1) & 2) === 0
      for (let step = 0; step < this.size; step++) {
        const row = upward ? this.size - 1 - step : step
        for (const column of [right, right - 1]) {
          if (at(at(this.fixed, row), column) || i >= codewords.length * 8) continue
          at(this.cells, row)[column] = ((at(codewords, i >>> 3) >>> (7 - (i & 7))) & 1) === 1
          i++
        }
      }
    }
  }

  masked(mask: number): Grid {
    const out = new Grid(this.version)
    const flips = at(MASKS, mask)
    this.cells.forEach((cells, r) => {
      cells.forEach((dark, c) => {
        const fixed = at(at(this.fixed, r), c)
        at(out.cells, r)[c] = fixed ? dark : dark !== flips(r, c)
        at(out.fixed, r)[c] = fixed
      })
    })
    out.drawFormat(mask)
    return out
  }

  /** How hard this would be to read; the standard's four rules. */
  penalty(): number {
    const columns = this.cells.map((_, c) => this.cells.map((row) => at(row, c)))
    let sum = 0
    for (const line of [...this.cells, ...columns]) sum += runs(line) + finders(line)
    for (let r = 1; r < this.size; r++) {
      for (let c = 1; c < this.size; c++) {
        const dark = at(at(this.cells, r), c)
        if (dark === at(at(this.cells, r - 1), c) && dark === at(at(this.cells, r), c - 1) && dark === at(at(this.cells, r - 1), c - 1)) sum += 3
      }
    }
    const share = (this.cells.flat().filter(Boolean).length * 100) / (this.size * this.size)
    return sum + Math.floor(Math.abs(share - 50) / 5) * 10
  }
}

function runs(line: boolean[]): number {
  let sum = 0
  for (let i = 0, length = 0; i < line.length; i++) {
    length = i > 0 && line[i] === line[i - 1] ? length + 1 : 1
    if (length === 5) sum += 3
    else if (length > 5) sum += 1
  }
  return sum
}

const LOOKS_LIKE_FINDER = ['10111010000', '00001011101']

function finders(line: boolean[]): number {
  const text = line.map((dark) => (dark ? '1' : '0')).join('')
  let sum = 0
  for (let i = 0; i + 11 <= text.length; i++) if (LOOKS_LIKE_FINDER.includes(text.slice(i, i + 11))) sum += 40
  return sum
}

function bch(value: number, degree: number, polynomial: number): number {
  let rest = value
  for (let i = 0; i < degree; i++) rest = (rest << 1) ^ ((rest >>> (degree - 1)) * polynomial)
  return rest
}

function square(size: number): boolean[][] {
  return Array.from({ length: size }, () => Array.from({ length: size }, () => false))
}

/** An element that the caller knows to be there. */
function at<T>(list: readonly T[], index: number): T {
  const value = list[index]
  if (value === undefined) throw new RangeError(`no element ${index}`)
  return value
}
