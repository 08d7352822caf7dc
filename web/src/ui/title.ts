import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'

/** The browser's tab carries a page's title while it is shown. */
export function useTitle(title: string): void {
  const { t } = useTranslation()
  useEffect(() => {
    document.title = `${title} \u00b7 ${t('shell.brand')}`
    return () => {
      document.title = t('shell.brand')
    }
  }, [title, t])
}
