import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { copyText } from '@/lib/clipboard'
import { useToast } from '@/ui/Toast'
import css from './orders.module.css'

/** How many of the pasted numbers were found, and the others to copy. */
export function FoundBar({ asked, missing }: { asked: number; missing: string[] }) {
  const { t } = useTranslation()
  const toast = useToast()
  return (
    <div className={css.found} role="status">
      <strong>{t('orders.found', { found: asked - missing.length, asked })}</strong>
      {missing.length > 0 ? (
        <>
          <span>{t('orders.not_found', { count: missing.length })}</span>
          <span className={css.missing}>{missing.slice(0, 5).join(', ')}{missing.length > 5 ? '\u2026' : ''}</span>
          <Button
            onClick={() =>
              void copyText(missing.join('\n')).then((ok) => {
                if (ok) toast.ok(t('common.copied'))
              })
            }
          >
            {t('orders.copy_missing')}
          </Button>
        </>
      ) : null}
    </div>
  )
}
