import './engine.ts'
