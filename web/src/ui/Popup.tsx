import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react'
import { useKeys } from '@/lib/keyboard'
import { KEY } from '@/lib/keymap'
import css from './Popup.module.css'

interface PopupProps {
  /** The button that opens it. */
  trigger: (props: { open: boolean; toggle: () => void }) => ReactNode
  /** What opens; call `close` when it has done its work. */
  children: (close: () => void) => ReactNode
  align?: 'left' | 'right'
}

/** Something small that opens below a button and closes by Esc, by a click elsewhere, or by itself. */
export function Popup({ trigger, children, align = 'left' }: PopupProps) {
  const [open, setOpen] = useState(false)
  const box = useRef<HTMLSpanElement>(null)
  const close = useCallback(() => {
    setOpen(false)
    box.current?.querySelector('button')?.focus({ preventScroll: true })
  }, [])
  useKeys([{ keys: KEY.close, run: close, inFields: true }], open)
  useEffect(() => {
    if (!open) return
    const outside = (event: Event) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setOpen(false)
    }
    document.addEventListener('pointerdown', outside)
    document.addEventListener('focusin', outside)
    return () => {
      document.removeEventListener('pointerdown', outside)
      document.removeEventListener('focusin', outside)
    }
  }, [open])
  return (
    <span ref={box} className={css.anchor}>
      {trigger({ open, toggle: () => setOpen(!open) })}
      {open ? (
        <div className={`${css.panel} ${css[align]}`}>
          <Content render={children} close={close} />
        </div>
      ) : null}
    </span>
  )
}

function Content({ render, close }: { render: PopupProps['children']; close: () => void }) {
  return <>{render(close)}</>
}

export interface MenuItem {
  key: string
  label: ReactNode
  danger?: boolean
}

interface MenuProps {
  label: string
  items: MenuItem[]
  /** A line above the items that cannot be chosen. */
  heading?: ReactNode
  align?: 'left' | 'right'
  onPick: (key: string) => void
  trigger: PopupProps['trigger']
}

/** A menu below a button, walked by the arrow keys. */
export function Menu({ label, items, heading, align, onPick, trigger }: MenuProps) {
  return (
    <Popup align={align} trigger={trigger}>
      {(close) => (
        <MenuList
          label={label}
          items={items}
          heading={heading}
          onPick={(key) => {
            close()
            onPick(key)
          }}
        />
      )}
    </Popup>
  )
}

function MenuList({ label, items, heading, onPick }: Omit<MenuProps, 'trigger' | 'align'>) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => list.current?.querySelector('button')?.focus(), [])
  const move = (step: number) => {
    const all = [...(list.current?.querySelectorAll('button') ?? [])]
    const at = all.indexOf(document.activeElement as HTMLButtonElement)
    all[(at + step + all.length) % all.length]?.focus()
  }
  return (
    <>
      {heading ? <div className={css.heading}>{heading}</div> : null}
      <div
        ref={list}
        role="menu"
        aria-label={label}
        tabIndex={-1}
        onKeyDown={(e) => {
          if (e.key !== 'ArrowDown' && e.key !== 'ArrowUp') return
          e.preventDefault()
          move(e.key === 'ArrowDown' ? 1 : -1)
        }}
      >
        {items.map((item) => (
          <button key={item.key} type="button" role="menuitem" className={item.danger ? css.danger : css.item} onClick={() => onPick(item.key)}>
            {item.label}
          </button>
        ))}
      </div>
    </>
  )
}
