"""State papers, as an office files them: one `Paper`, written as Word and as PDF.

`paper` says what stands on a state paper; `kinds/` make one from plain facts (a decision, a report, minutes);
`word.write` and `pdf.write` set it in the layout of Nghị định 30/2020/NĐ-CP, Phụ lục I; `signing` signs the PDF and
tells whether a signature holds. The same paper gives the same bytes, always: nothing here reads a clock, a database or
the network.

It never decides: who is recognised, who signs and which law is cited are handed in as facts.
"""
