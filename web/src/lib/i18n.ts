import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import zh from '@/locales/zh-CN'
import { readPref, writePref } from './prefs'

export const LANGUAGES = ['zh-CN', 'en-US'] as const
export type Language = (typeof LANGUAGES)[number]

function preferred(): Language {
  const saved = LANGUAGES.find((l) => l === readPref('language'))
  if (saved) return saved
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en-US'
}

async function load(language: Language): Promise<void> {
  if (i18next.hasResourceBundle(language, 'translation')) return
  const texts = (await import('@/locales/en-US')).default
  i18next.addResourceBundle(language, 'translation', texts)
}

/** Starts the texts in the remembered or the browser's language. Chinese is bundled, English loads on demand. */
export async function startI18n(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'zh-CN',
    fallbackLng: 'zh-CN',
    resources: { 'zh-CN': { translation: zh } },
    interpolation: { escapeValue: false },
  })
  await setLanguage(preferred(), false)
}

export async function setLanguage(language: Language, remember = true): Promise<void> {
  await load(language)
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
  document.title = i18next.t('shell.brand')
  if (remember) writePref('language', language)
}

export function currentLanguage(): Language {
  return LANGUAGES.find((l) => l === i18next.language) ?? 'zh-CN'
}

/** Marks a text key that travels as data, so that the check of texts sees it. */
export function textKey<K extends string>(key: K): K {
  return key
}
