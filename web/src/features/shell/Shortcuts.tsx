import { Modal } from 'antd'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { keyText, SHEET } from '@/lib/keymap'
import css from './shell.module.css'

/** The sheet of keyboard commands. */
export default function Shortcuts({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal open title={t('shell.shortcuts')} footer={null} onCancel={onClose} width={440}>
      {SHEET.map((part) => (
        <section key={part.title} className={css.keyPart}>
          <h3>{t(part.title)}</h3>
          <dl className={css.keys}>
            {part.rows.map(([keys, text]) => (
              <Fragment key={text}>
                <dt>
                  {keys.map((k, i) => (
                    <Fragment key={k}>
                      {i > 0 ? (k.includes(' ') ? ' \u2026 ' : ' ') : null}
                      <kbd>{keyText(k)}</kbd>
                    </Fragment>
                  ))}
                </dt>
                <dd>{t(text)}</dd>
              </Fragment>
            ))}
          </dl>
        </section>
      ))}
      <p className={css.keyNote}>{t('shell.keys_rest')}</p>
    </Modal>
  )
}
