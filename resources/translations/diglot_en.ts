<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>EnginePanel</name>
    <message numerus="yes">
        <source>after %n minute(s)</source>
        <translation>
            <numerusform>after %n minute</numerusform>
            <numerusform>after %n minutes</numerusform>
        </translation>
    </message>
</context>
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
<context>
    <name>StateView</name>
    <message numerus="yes">
        <source>It ended by itself and was started again %n time(s).</source>
        <translation>
            <numerusform>It ended by itself and was started again once.</numerusform>
            <numerusform>It ended by itself and was started again %n times.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>figures</name>
    <message numerus="yes">
        <source>Reads about %n page(s) at once, pages up to {tokens} tokens.</source>
        <translation>
            <numerusform>Reads about %n page at once, pages up to {tokens} tokens.</numerusform>
            <numerusform>Reads about %n pages at once, pages up to {tokens} tokens.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>setup</name>
    <message numerus="yes">
        <source>%n page(s) at once</source>
        <translation>
            <numerusform>%n page at once</numerusform>
            <numerusform>%n pages at once</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n page(s) at once were read rightly.</source>
        <translation>
            <numerusform>%n page at once was read rightly.</numerusform>
            <numerusform>%n pages at once were read rightly.</numerusform>
        </translation>
    </message>
</context>
</TS>
