import { CloseOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './verify.module.css'

interface Detected {
  rawValue: string
}

interface Detector {
  detect: (source: HTMLVideoElement) => Promise<Detected[]>
}

declare global {
  interface Window {
    BarcodeDetector?: new (options?: { formats: string[] }) => Detector
  }
}

/** Why the camera cannot scan here, null when it can. */
export function cameraTrouble(): 'insecure' | 'unknown' | null {
  if (!window.isSecureContext || !navigator.mediaDevices) return 'insecure'
  return typeof window.BarcodeDetector === 'function' ? null : 'unknown'
}

const FORMATS = ['code_128', 'code_39', 'code_93', 'ean_13', 'ean_8', 'upc_a', 'upc_e', 'itf', 'qr_code', 'data_matrix']
const LOOK_MS = 120
/** The same code in the picture is one scan until it was gone or this long has passed. */
const AGAIN_MS = 1500

/** The camera as the second way to scan, by the browser's own reader of barcodes. */
export function Camera({ onScan, onClose }: { onScan: (code: string) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const video = useRef<HTMLVideoElement>(null)
  const scanned = useRef(onScan)
  const [refused, setRefused] = useState(false)
  useEffect(() => {
    scanned.current = onScan
  })
  useEffect(() => {
    let stream: MediaStream | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let gone = false
    const seen = { code: '', at: 0 }
    const Reader = window.BarcodeDetector
    if (!Reader) return
    const reader = new Reader({ formats: FORMATS })
    const look = async () => {
      if (gone || !video.current) return
      const found = video.current.readyState >= 2 ? await reader.detect(video.current).catch(() => []) : []
      const code = found[0]?.rawValue ?? ''
      const now = Date.now()
      if (code !== '' && (code !== seen.code || now - seen.at > AGAIN_MS)) scanned.current(code)
      if (code !== '') Object.assign(seen, { code, at: now })
      if (!gone) timer = setTimeout(() => void look(), LOOK_MS)
    }
    navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } }).then(
      (s) => {
        if (gone) return s.getTracks().forEach((track) => track.stop())
        stream = s
        if (video.current) video.current.srcObject = s
        void look()
      },
      () => setRefused(true),
    )
    return () => {
      gone = true
      clearTimeout(timer)
      stream?.getTracks().forEach((track) => track.stop())
    }
  }, [])
  return (
    <div className={css.camera}>
      {refused ? <p role="alert">{t('verify.camera_refused')}</p> : <video ref={video} autoPlay muted playsInline aria-label={t('verify.camera')} />}
      <Button icon={<CloseOutlined />} aria-label={t('verify.camera_close')} onClick={onClose} />
    </div>
  )
}
