import { Button, Modal } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { focusFirstField } from '@/lib/focus'
import { ErrorBox } from './States'
import css from './Form.module.css'

interface FormDialogProps {
  title: string
  /** What the button says; saving when absent. */
  action?: string
  /** The button undoes something that is not easily had back. */
  danger?: boolean
  width?: number
  valid: boolean
  saving: boolean
  error: unknown
  onSave: () => void
  onClose: () => void
  children: ReactNode
}

/** A dialog with a form, what the server said against it, and its two buttons. */
export function FormDialog({ title, action, danger, width, valid, saving, error, onSave, onClose, children }: FormDialogProps) {
  const { t } = useTranslation()
  return (
    <Modal
      open
      width={width}
      title={title}
      onCancel={onClose}
      afterOpenChange={focusFirstField}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="primary" danger={danger} disabled={!valid} loading={saving} onClick={onSave}>
            {action ?? t('common.save')}
          </Button>
        </>
      }
    >
      <form
        className={css.form}
        onSubmit={(e) => {
          e.preventDefault()
          if (valid && !saving) onSave()
        }}
      >
        {children}
        <button type="submit" hidden aria-hidden tabIndex={-1}>
          {action ?? t('common.save')}
        </button>
        {error ? <ErrorBox error={error} /> : null}
      </form>
    </Modal>
  )
}
