import { SuppliersView } from '@/features/suppliers/SuppliersView'

export default function SuppliersPage() {
  return <SuppliersView />
}
