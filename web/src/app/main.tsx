import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { onLanguage, startI18n } from '@/lib/i18n'
import { newQueryClient } from '@/lib/query'
import '@/ui/styles/global.css'
import { App } from './App'
import { newRouter } from './router'

// After an update the old page may ask for files that are gone: one reload fetches the new page, a second failure shows.
window.addEventListener('vite:preloadError', (event) => {
  // Without a connection a reload would trade the page for the browser's own error.
  if (!navigator.onLine) return
  const last = Number(sessionStorage.getItem('ordercove.reloaded') ?? 0)
  if (Date.now() - last < 60_000) return
  sessionStorage.setItem('ordercove.reloaded', String(Date.now()))
  event.preventDefault()
  location.reload()
})

const queries = newQueryClient()
const router = newRouter(queries)
const element = document.getElementById('root')
if (!element) throw new Error('index.html has no #root')

await startI18n()
onLanguage(() => void queries.invalidateQueries())
createRoot(element).render(
  <StrictMode>
    <App queries={queries} router={router} />
  </StrictMode>,
)
