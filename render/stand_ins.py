r"""Small substitutes for packages that a TeX without them needs to show an author's document.

The embedded TeX has neither the AMS fonts nor the larger packages.  A substitute keeps the document readable
(blackboard letters come out bold); it is put beside a copy of the document, never beside the original, and only where
TeX has said that the real package is missing.  Plain data.
"""

from __future__ import annotations

_FONTS = r"""
\providecommand{\mathbb}[1]{\mathbf{#1}}
\providecommand{\mathfrak}[1]{\mathbf{#1}}
"""

_SYMBOLS = r"""
\RequirePackage{amsfonts}
\providecommand{\leqslant}{\leq}
\providecommand{\geqslant}{\geq}
\providecommand{\lesssim}{\mathrel{\raise.3ex\hbox{$<$}\mkern-14mu\lower.6ex\hbox{$\sim$}}}
\providecommand{\gtrsim}{\mathrel{\raise.3ex\hbox{$>$}\mkern-14mu\lower.6ex\hbox{$\sim$}}}
\providecommand{\preccurlyeq}{\preceq}
\providecommand{\succcurlyeq}{\succeq}
\providecommand{\triangleq}{\mathrel{\stackrel{\scriptscriptstyle\triangle}{=}}}
\providecommand{\varnothing}{\emptyset}
\providecommand{\nexists}{\not\exists}
\providecommand{\therefore}{\mathrel{\raise.4ex\hbox{.}\mkern1mu.\mkern1mu\raise.4ex\hbox{.}}}
\providecommand{\because}{\mathrel{.\mkern1mu\raise.8ex\hbox{.}\mkern1mu.}}
\providecommand{\intercal}{\top}
\providecommand{\complement}{c}
\providecommand{\subsetneq}{\subset}
\providecommand{\rightsquigarrow}{\to}
\providecommand{\leadsto}{\to}
\providecommand{\square}{\mathord{\vbox{\hrule\hbox{\vrule height.6em\kern.55em\vrule}\hrule}}}
\providecommand{\Box}{\square}
\providecommand{\blacksquare}{\rule{.6em}{.6em}}
\providecommand{\checkmark}{\surd}
\providecommand{\upharpoonright}{|}
"""

_MATHTOOLS = r"""
\RequirePackage{amsmath}
\providecommand{\coloneqq}{\mathrel{:=}}
\providecommand{\coloneq}{\mathrel{:=}}
\providecommand{\eqqcolon}{\mathrel{=:}}
\providecommand{\mathclap}[1]{#1}
\providecommand{\mathllap}[1]{#1}
\providecommand{\mathrlap}[1]{#1}
\providecommand{\mathtoolsset}[1]{}
\newenvironment{dcases}{\begin{cases}}{\end{cases}}
\newcommand{\DeclarePairedDelimiter}[3]{%
  \newcommand{#1}{\@ifstar{\everystep@paired{\left#2}{\right#3}}{\everystep@sized{#2}{#3}}}}
\newcommand{\everystep@paired}[3]{#1#3#2}
\newcommand{\everystep@sized}[2]{\@ifnextchar[{\everystep@by{#1}{#2}}{\everystep@paired{#1}{#2}}}
\def\everystep@by#1#2[#3]#4{\mathopen{#3#1}#4\mathclose{#3#2}}
"""

_THEOREMS = r"""
\newcommand{\theoremstyle}[1]{}
\providecommand{\qedsymbol}{\ensuremath{\mathord{\vbox{\hrule\hbox{\vrule height.6em\kern.55em\vrule}\hrule}}}}
\newcommand{\qed}{\unskip\nobreak\hfill\qedsymbol}
\newcommand{\qedhere}{}
\newenvironment{proof}[1][\proofname]{\par\medskip\noindent\textit{#1.} }{\qed\par\medskip}
\providecommand{\proofname}{Proof}
\let\everystep@newtheorem\newtheorem
\def\newtheorem{\@ifstar{\everystep@starred}{\everystep@newtheorem}}
\def\everystep@starred#1#2{\newenvironment{#1}[1][]{\par\medskip\noindent\textbf{#2}
  \ifx\relax##1\relax\else(##1)\fi\ \itshape}{\par\medskip}}
"""

_CANCEL = r"""
\newcommand{\cancel}[1]{\ensuremath{\mathrlap@everystep{/}{#1}}}
\def\mathrlap@everystep#1#2{\setbox0\hbox{$#2$}\hbox to\wd0{\hss$#1$\hss}\kern-\wd0\box0 }
\let\bcancel\cancel
\let\xcancel\cancel
"""

_EXAM = r"""
\LoadClass{article}
\newif\ifprintanswers
\newcommand{\printanswers}{\printanswerstrue}
\newcommand{\noprintanswers}{\printanswersfalse}
\newcounter{question}
\newcounter{partno}[question]
\newcounter{subpart}[partno]
\newcommand{\everystep@points}[1][]{\if\relax#1\relax\else(#1 points) \fi\ignorespaces}
\newenvironment{questions}{\list{\arabic{question}.}{\leftmargin2em
  \def\question{\stepcounter{question}\item\everystep@points}}}{\endlist}
\newenvironment{parts}{\list{(\alph{partno})}{\leftmargin2em
  \def\part{\stepcounter{partno}\item\everystep@points}}}{\endlist}
\newenvironment{subparts}{\list{\roman{subpart}.}{\leftmargin2em
  \def\subpart{\stepcounter{subpart}\item\everystep@points}}}{\endlist}
\newcommand{\titledquestion}[1]{\question\textbf{#1}\quad}
\newsavebox{\everystep@hidden}
\newenvironment{solution}[1][]{\par\ifprintanswers\medskip\noindent\textbf{Solution:} \ignorespaces
  \else\setbox\everystep@hidden\vbox\bgroup\fi}{\par\ifprintanswers\medskip\else\egroup\fi}
\newcommand{\pointsinmargin}{}
\newcommand{\pointsinrightmargin}{}
\newcommand{\addpoints}{}
\newcommand{\noaddpoints}{}
\newcommand{\fullwidth}[1]{#1\par}
\newcommand{\header}[3]{}
\newcommand{\footer}[3]{}
\let\firstpageheader\header
\let\runningheader\header
\let\firstpagefooter\footer
\let\runningfooter\footer
\newcommand{\firstpageheadrule}{}
\newcommand{\runningheadrule}{}
"""

STAND_INS: dict[str, str] = {
    "amsfonts.sty": _FONTS,
    "amssymb.sty": _SYMBOLS,
    "mathtools.sty": _MATHTOOLS,
    "amsthm.sty": _THEOREMS,
    "cancel.sty": _CANCEL,
    "bbm.sty": "\n\\newcommand{\\mathbbm}[1]{\\mathbf{#1}}\n",
    "dsfont.sty": "\n\\newcommand{\\mathds}[1]{\\mathbf{#1}}\n",
    "mathrsfs.sty": "\n\\newcommand{\\mathscr}[1]{\\mathcal{#1}}\n",
    "parskip.sty": "\n\\setlength{\\parindent}{0pt}\\setlength{\\parskip}{.6em plus .2em}\n",
    "fullpage.sty": "\n\\RequirePackage[margin=1in]{geometry}\n",
    "float.sty": "\n\\newcommand{\\restylefloat}[1]{}\n",
    "csquotes.sty": "\n\\newcommand{\\enquote}[1]{``#1''}\n",
    "exam.cls": _EXAM,
}
"""File name to content."""


def stand_in(name: str) -> str | None:
    """The file that stands in for ``name``; None where there is none."""
    content = STAND_INS.get(name)
    if content is None:
        return None
    stem, _, kind = name.rpartition(".")
    provides = rf"\ProvidesClass{{{stem}}}" if kind == "cls" else rf"\ProvidesPackage{{{stem}}}"
    return f"\\NeedsTeXFormat{{LaTeX2e}}\n{provides}[2026/01/01 a small substitute]{content}\\endinput\n"
