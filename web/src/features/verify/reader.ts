import type { CodeReader } from './frames'

interface Native {
  new (options: { formats: string[] }): { detect: (source: HTMLVideoElement) => Promise<{ rawValue: string }[]> }
  getSupportedFormats: () => Promise<string[]>
}

declare global {
  interface Window {
    BarcodeDetector?: Native
  }
}

const FORMATS = ['code_128', 'code_39', 'code_93', 'ean_13', 'ean_8', 'upc_a', 'upc_e', 'itf', 'qr_code', 'data_matrix']

/** The browser's own reader where it knows the codes of waybills, as on Android and macOS; else one that is loaded. */
export async function codeReader(): Promise<CodeReader> {
  const Native = window.BarcodeDetector
  const known = (await Native?.getSupportedFormats().catch(() => [])) ?? []
  if (Native && known.includes('code_128')) {
    const detector = new Native({ formats: FORMATS.filter((f) => known.includes(f)) })
    return async (video) => (await detector.detect(video))[0]?.rawValue ?? ''
  }
  const { frameReader } = await import('./frames')
  return frameReader()
}
