import { CloseOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { codeReader } from './reader'
import css from './verify.module.css'

/** Whether the browser opens a camera here: on https and on this computer's own address only. */
export const cameraAllowed = () => window.isSecureContext && Boolean(navigator.mediaDevices)

const LOOK_MS = 120
/** The same code is one scan until it was gone for this long and for so many looks: a slow machine looks seldom. */
const GONE_MS = 1500
const GONE_LOOKS = 4

/** The camera as the second way to scan. */
export function Camera({ onScan, onClose }: { onScan: (code: string) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const video = useRef<HTMLVideoElement>(null)
  const scanned = useRef(onScan)
  const [trouble, setTrouble] = useState<'refused' | 'broken' | null>(null)
  useEffect(() => {
    scanned.current = onScan
  })
  useEffect(() => {
    let stream: MediaStream | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let gone = false
    const seen = { code: '', at: 0, missed: 0 }
    let before = ''
    const begin = async () => {
      const read = await codeReader().catch(() => null)
      if (gone) return
      if (!read) return setTrouble('broken')
      const found = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1280 } } }).catch(() => null)
      if (!found) return setTrouble('refused')
      stream = found
      if (gone) return end()
      if (video.current) video.current.srcObject = found
      const look = async () => {
        if (gone || !video.current) return
        const code = video.current.readyState >= 2 ? await read(video.current).catch(() => '') : ''
        if (code === '') seen.missed++
        else if (code === before) {
          // Read twice alike: some codes have no check of their own, and a blur can look like one.
          const wasGone = seen.missed >= GONE_LOOKS && Date.now() - seen.at > GONE_MS
          if (code !== seen.code || wasGone) scanned.current(code)
          Object.assign(seen, { code, at: Date.now(), missed: 0 })
        }
        before = code
        timer = setTimeout(() => void look(), LOOK_MS)
      }
      void look()
    }
    const end = () => {
      gone = true
      clearTimeout(timer)
      stream?.getTracks().forEach((track) => track.stop())
    }
    void begin()
    return end
  }, [])
  return (
    <div className={css.camera}>
      {trouble ? <p role="alert">{t(`verify.camera_${trouble}`)}</p> : <video ref={video} autoPlay muted playsInline aria-label={t('verify.camera')} />}
      <Button icon={<CloseOutlined />} aria-label={t('verify.camera_close')} onClick={onClose} />
    </div>
  )
}
