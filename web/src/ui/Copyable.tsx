import { CheckOutlined, CopyOutlined } from '@ant-design/icons'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { copyText } from '@/lib/clipboard'
import css from './bits.module.css'

/** A small button that copies `text` and says so. */
export function CopyButton({ text, label }: { text: string; label?: string }) {
  const { t } = useTranslation()
  const [done, setDone] = useState(false)
  useEffect(() => {
    if (!done) return
    const timer = setTimeout(() => setDone(false), 1500)
    return () => clearTimeout(timer)
  }, [done])
  return (
    <button
      type="button"
      className={css.copy}
      aria-label={done ? t('common.copied') : (label ?? t('common.copy'))}
      title={done ? t('common.copied') : (label ?? t('common.copy'))}
      onClick={(event) => {
        event.stopPropagation()
        void copyText(text).then(setDone)
      }}
    >
      {done ? <CheckOutlined /> : <CopyOutlined />}
    </button>
  )
}
