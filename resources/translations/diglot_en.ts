<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>ReadingView</name>
    <message numerus="yes">
        <source>%n more row(s): see the tab “Tables”.</source>
        <translation>
            <numerusform>%n more row: see the tab “Tables”.</numerusform>
            <numerusform>%n more rows: see the tab “Tables”.</numerusform>
        </translation>
    </message>
</context>
</TS>
