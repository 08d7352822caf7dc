import { currentLanguage, setLanguage } from '@/lib/i18n'
import css from './shell.module.css'

/** Switches between Chinese and English; names the other language in that language. */
export function LanguageSwitch() {
  const other = currentLanguage() === 'zh-CN' ? 'en-US' : 'zh-CN'
  return (
    <button type="button" className={css.plain} lang={other} onClick={() => void setLanguage(other)}>
      {other === 'en-US' ? 'EN' : '\u4e2d\u6587'}
    </button>
  )
}
