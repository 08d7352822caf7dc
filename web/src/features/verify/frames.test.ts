import { BarcodeFormat, EncodeHintType, QRCodeWriter } from '@zxing/library'
import { describe, expect, it } from 'vitest'
import { greyOf, readGrey } from './frames'

function picture(width: number, height: number, dark: (x: number, y: number) => boolean): Uint8ClampedArray {
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) if (dark(x, y)) rgba.fill(20, (y * width + x) * 4, (y * width + x) * 4 + 3)
  return rgba
}

describe('the reader of camera frames', () => {
  it('reads a QR code', () => {
    const code = new QRCodeWriter().encode('YT2600000001000', BarcodeFormat.QR_CODE, 240, 240, new Map([[EncodeHintType.MARGIN, 4]]))
    expect(readGrey(greyOf(picture(240, 240, (x, y) => code.get(x, y))), 240, 240)).toBe('YT2600000001000')
  })

  it('finds nothing in a picture without a code', () => {
    expect(readGrey(greyOf(picture(320, 200, (x, y) => (x + y) % 17 === 0)), 320, 200)).toBe('')
  })
})
