import { InboxOutlined } from '@ant-design/icons'
import { useId, useRef, useState } from 'react'
import css from './DropZone.module.css'

interface DropZoneProps {
  title: string
  hint: string
  /** File name endings, as the browser's accept attribute takes them. */
  accept: string
  multiple?: boolean
  disabled?: boolean
  onFiles: (files: File[]) => void
}

/** A place to drop files on; it is a file field too, for keyboard and click. */
export function DropZone({ title, hint, accept, multiple, disabled, onFiles }: DropZoneProps) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const take = (list: FileList | null) => {
    const files = [...(list ?? [])]
    if (files.length > 0) onFiles(multiple ? files : files.slice(0, 1))
    // The same file chosen again must count as a change.
    if (input.current) input.current.value = ''
  }
  return (
    <label
      htmlFor={id}
      className={`${css.zone} ${over ? css.over : ''}`}
      onDragOver={(e) => {
        e.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        e.preventDefault()
        setOver(false)
        if (!disabled) take(e.dataTransfer.files)
      }}
    >
      <InboxOutlined className={css.icon} aria-hidden />
      <strong>{title}</strong>
      <span>{hint}</span>
      <input ref={input} id={id} type="file" className="visually-hidden" accept={accept} multiple={multiple} disabled={disabled} onChange={(e) => take(e.target.files)} />
    </label>
  )
}
