import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { currentLanguage, setLanguage } from '@/lib/i18n'
import css from './session.module.css'

/** The page before anyone is signed in: brand, one box, language. */
export function SessionFrame({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const other = currentLanguage() === 'zh-CN' ? 'en-US' : 'zh-CN'
  return (
    <main className={css.frame}>
      <div className={css.brand}>
        <img src="/favicon.svg" alt="" width={40} height={40} />
        <div>
          <strong>{t('shell.brand')}</strong>
          <p>{t('session.tagline')}</p>
        </div>
      </div>
      <div className={css.box}>{children}</div>
      <button type="button" className={css.language} lang={other} onClick={() => void setLanguage(other)}>
        {other === 'en-US' ? 'English' : '\u4e2d\u6587'}
      </button>
    </main>
  )
}
