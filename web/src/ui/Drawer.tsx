import { CloseOutlined } from '@ant-design/icons'
import { useEffect, useRef, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useKeys } from '@/lib/keyboard'
import { KEY } from '@/lib/keymap'
import css from './Drawer.module.css'

interface DrawerProps {
  label: string
  title: ReactNode
  actions?: ReactNode
  onClose: () => void
  width?: number
  children: ReactNode
}

/** A panel on the right without a mask: the page beneath stays usable. Esc closes it and gives the focus back. */
export function Drawer({ label, title, actions, onClose, width = 640, children }: DrawerProps) {
  const { t } = useTranslation()
  const panel = useRef<HTMLElement>(null)
  useKeys([{ keys: KEY.close, run: onClose }])
  useEffect(() => {
    const before = document.activeElement
    panel.current?.focus({ preventScroll: true })
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [])
  return (
    <aside ref={panel} className={css.drawer} style={{ width: `min(${width}px, 100vw)` }} role="dialog" aria-label={label} tabIndex={-1}>
      <header className={css.head}>
        <button type="button" className={css.close} aria-label={t('common.close')} onClick={onClose}>
          <CloseOutlined />
        </button>
        <div className={css.title}>{title}</div>
        <div className={css.actions}>{actions}</div>
      </header>
      <div className={css.body}>{children}</div>
    </aside>
  )
}
