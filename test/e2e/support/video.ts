import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The camera's picture: as many points as a plain camera has. */
const WIDTH = 1280
const HEIGHT = 960

/** A film, in a format Chromium takes for its camera, of the first page of a PDF that is held before the camera. */
export async function filmOf(pdf: Buffer, path: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'ordercove-film-'))
  try {
    writeFileSync(join(dir, 'page.pdf'), pdf)
    await promisify(execFile)('pdftoppm', ['-gray', '-singlefile', '-scale-to', String(HEIGHT), join(dir, 'page.pdf'), join(dir, 'page')])
    const pgm = readFileSync(join(dir, 'page.pgm'))
    const head = /^P5\s(\d+)\s(\d+)\s255\s/.exec(pgm.subarray(0, 32).toString('latin1'))!
    const [width, height] = [Number(head[1]), Number(head[2])]
    const page = pgm.subarray(head[0].length)
    const luma = Buffer.alloc(WIDTH * HEIGHT, 90)
    const left = (WIDTH - width) >> 1
    for (let y = 0; y < height; y++) page.copy(luma, y * WIDTH + left, y * width, (y + 1) * width)
    const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, Buffer.alloc((WIDTH * HEIGHT) / 2, 128)])
    writeFileSync(path, Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`), frame, frame, frame, frame]))
  } finally {
    rmSync(dir, { recursive: true })
  }
}
