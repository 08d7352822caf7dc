import { Modal } from 'antd'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { textKey } from '@/lib/i18n'
import css from './shell.module.css'

const KEYS = [
  ['Ctrl K', textKey('shell.key.palette')],
  ['/', textKey('shell.key.search')],
  ['j  k', textKey('shell.key.move')],
  ['x', textKey('shell.key.select')],
  ['Shift x', textKey('shell.key.range')],
  ['Enter', textKey('shell.key.open')],
  ['Esc', textKey('shell.key.close')],
  ['r', textKey('shell.key.refresh')],
  ['g h', textKey('shell.key.go_home')],
  ['g o', textKey('shell.key.go_orders')],
  ['g i', textKey('shell.key.go_import')],
  ['g r', textKey('shell.key.go_review')],
  ['g s', textKey('shell.key.go_ship')],
  ['?', textKey('shell.key.help')],
] as const

/** The sheet of keyboard commands. */
export default function Shortcuts({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal open title={t('shell.shortcuts')} footer={null} onCancel={onClose} width={420}>
      <dl className={css.keys}>
        {KEYS.map(([keys, text]) => (
          <Fragment key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{t(text)}</dd>
          </Fragment>
        ))}
      </dl>
    </Modal>
  )
}
