import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/lib/api/errors'
import css from './Toast.module.css'

interface Note {
  id: number
  text: string
  tone: 'ok' | 'bad'
  undo?: () => void
}

interface Toaster {
  ok: (text: string, undo?: () => void) => void
  /** Shows why something failed, in the server's words. */
  bad: (error: unknown) => void
}

const Context = createContext<Toaster>({ ok: () => undefined, bad: () => undefined })
const SHOWN_MS = 4000
/** A reversible act stays undoable this long. */
export const UNDO_MS = 8000

export function useToast(): Toaster {
  return use(Context)
}

/** Short confirmations at the bottom, read aloud politely; errors stay twice as long. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const [notes, setNotes] = useState<Note[]>([])
  const next = useRef(1)
  const add = useCallback((note: Omit<Note, 'id'>) => {
    setNotes((all) => [...all.slice(-2), { ...note, id: next.current++ }])
  }, [])
  const toaster = useMemo<Toaster>(
    () => ({
      ok: (text, undo) => add({ text, tone: 'ok', undo }),
      bad: (error) => add({ text: error instanceof ApiError ? error.detail : t('common.unexpected'), tone: 'bad' }),
    }),
    [add, t],
  )
  const remove = useCallback((id: number) => setNotes((all) => all.filter((n) => n.id !== id)), [])
  return (
    <Context value={toaster}>
      {children}
      <div className={css.stack} role="status" aria-live="polite">
        {notes.map((note) => (
          <Line key={note.id} note={note} onGone={remove} />
        ))}
      </div>
    </Context>
  )
}

function Line({ note, onGone }: { note: Note; onGone: (id: number) => void }) {
  const { t } = useTranslation()
  useEffect(() => {
    const timer = setTimeout(() => onGone(note.id), note.undo || note.tone === 'bad' ? UNDO_MS : SHOWN_MS)
    return () => clearTimeout(timer)
  }, [note, onGone])
  return (
    <div className={note.tone === 'bad' ? css.bad : css.ok}>
      <span>{note.text}</span>
      {note.undo ? (
        <button
          type="button"
          onClick={() => {
            note.undo?.()
            onGone(note.id)
          }}
        >
          {t('common.undo')}
        </button>
      ) : null}
    </div>
  )
}
