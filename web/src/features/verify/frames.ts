import BinaryBitmap from '@zxing/library/es2015/core/BinaryBitmap'
import HybridBinarizer from '@zxing/library/es2015/core/common/HybridBinarizer'
import DataMatrixReader from '@zxing/library/es2015/core/datamatrix/DataMatrixReader'
import DecodeHintType from '@zxing/library/es2015/core/DecodeHintType'
import Code128Reader from '@zxing/library/es2015/core/oned/Code128Reader'
import Code39Reader from '@zxing/library/es2015/core/oned/Code39Reader'
import Code93Reader from '@zxing/library/es2015/core/oned/Code93Reader'
import ITFReader from '@zxing/library/es2015/core/oned/ITFReader'
import MultiFormatUPCEANReader from '@zxing/library/es2015/core/oned/MultiFormatUPCEANReader'
import QRCodeReader from '@zxing/library/es2015/core/qrcode/QRCodeReader'
import RGBLuminanceSource from '@zxing/library/es2015/core/RGBLuminanceSource'

// The readers one by one: the library's own list of them brings every code of the world along.

/** Reads the code in what a camera shows just now; "" where there is none. */
export type CodeReader = (video: HTMLVideoElement) => Promise<string>

const HINTS = new Map<DecodeHintType, unknown>([[DecodeHintType.TRY_HARDER, true]])
/** Waybills and goods first. */
const READERS = [new Code128Reader(), new MultiFormatUPCEANReader(HINTS), new QRCodeReader(), new Code39Reader(), new Code93Reader(), new ITFReader(), new DataMatrixReader()]
/** More pixels cost time and find no more: a waybill's code that fills half of it has three to a bar. */
const WIDEST = 1280

/** Reads the code in a grey picture, a byte for each point; "" where there is none. */
export function readGrey(grey: Uint8ClampedArray, width: number, height: number): string {
  const picture = new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(grey, width, height)))
  for (const reader of READERS) {
    try {
      return reader.decode(picture, HINTS).getText()
    } catch {
      // Not this code, or half of one: the next picture is as good.
    }
  }
  return ''
}

/** Reads codes from the frames of a video, for browsers that have no reader of their own. */
export function frameReader(): CodeReader {
  const canvas = document.createElement('canvas')
  const pen = canvas.getContext('2d', { willReadFrequently: true })
  return async (video) => {
    const scale = Math.min(1, WIDEST / video.videoWidth)
    const width = Math.round(video.videoWidth * scale)
    const height = Math.round(video.videoHeight * scale)
    if (!pen || width === 0 || height === 0) return ''
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
    pen.drawImage(video, 0, 0, width, height)
    return readGrey(greyOf(pen.getImageData(0, 0, width, height).data), width, height)
  }
}

/** How bright each point of a picture is to the eye. */
export function greyOf(rgba: Uint8ClampedArray): Uint8ClampedArray {
  const grey = new Uint8ClampedArray(rgba.length / 4)
  for (let i = 0; i < grey.length; i++) grey[i] = ((rgba[i * 4] ?? 0) * 77 + (rgba[i * 4 + 1] ?? 0) * 150 + (rgba[i * 4 + 2] ?? 0) * 29) >> 8
  return grey
}
