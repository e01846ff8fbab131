<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About Diglot</source>
        <translation>关于 Diglot</translation>
    </message>
    <message>
        <source>Diglot {version}</source>
        <translation>Diglot {version}</translation>
    </message>
    <message>
        <source>Free software under the GNU Affero General Public License, version 3 or later. It comes without any warranty.</source>
        <translation>自由软件，采用 GNU Affero 通用公共许可证第 3 版或更高版本授权，不提供任何担保。</translation>
    </message>
    <message>
        <source>HunyuanOCR: not included. It is a model by Tencent with a licence of its own; Tencent is not affiliated with this project.</source>
        <translation>HunyuanOCR：未包含。它是腾讯的模型，有其自己的许可协议；腾讯与本项目没有关联。</translation>
    </message>
    <message>
        <source>Libraries this stands on</source>
        <translation>所使用的软件库</translation>
    </message>
    <message>
        <source>Reads documents on your own machine and shows the text beside the page. Nothing leaves the machine, unless you choose a shared server.</source>
        <translation>在您自己的电脑上识别文档，并在页面旁显示文本。除非您选用共享服务器，任何内容都不会离开本机。</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Libraries this stands on:</source>
        <translation>所使用的软件库：</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>&amp;100 %</source>
        <translation>实际大小(&amp;1)</translation>
    </message>
    <message>
        <source>&amp;About Diglot</source>
        <translation>关于 Diglot(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>关闭(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Compare readings…</source>
        <translation>比较识别结果(&amp;C)…</translation>
    </message>
    <message>
        <source>&amp;Engine panel</source>
        <translation>引擎面板(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Find</source>
        <translation>查找(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Go to page…</source>
        <translation>转到页面(&amp;G)…</translation>
    </message>
    <message>
        <source>&amp;Keys</source>
        <translation>快捷键(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Library…</source>
        <translation>资料库(&amp;L)…</translation>
    </message>
    <message>
        <source>&amp;Next page</source>
        <translation>下一页(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Next part of the window</source>
        <translation>窗口的下一部分(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>打开(&amp;O)…</translation>
    </message>
    <message>
        <source>&amp;Paste</source>
        <translation>粘贴(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Previous page</source>
        <translation>上一页(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Put it to sleep</source>
        <translation>使引擎休眠(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Read</source>
        <translation>识别(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Save as…</source>
        <translation>另存为(&amp;S)…</translation>
    </message>
    <message>
        <source>&amp;Start the engine</source>
        <translation>启动引擎(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Wake it</source>
        <translation>唤醒引擎(&amp;W)</translation>
    </message>
    <message>
        <source>Begin no further page for now, or go on</source>
        <translation>暂不读取新的页面，或继续</translation>
    </message>
    <message>
        <source>Choose &amp;what is read</source>
        <translation>选择识别内容(&amp;W)</translation>
    </message>
    <message>
        <source>Close the document</source>
        <translation>关闭文档</translation>
    </message>
    <message>
        <source>Doubtful word &amp;before</source>
        <translation>上一处存疑文字(&amp;B)</translation>
    </message>
    <message>
        <source>Engine, reading, page, page list</source>
        <translation>引擎、识别结果、页面、页面列表</translation>
    </message>
    <message>
        <source>Find in everything that was read</source>
        <translation>在所有读过的内容中查找</translation>
    </message>
    <message>
        <source>Find in the text</source>
        <translation>在文本中查找</translation>
    </message>
    <message>
        <source>Fit &amp;page</source>
        <translation>适合整页(&amp;P)</translation>
    </message>
    <message>
        <source>Fit &amp;width</source>
        <translation>适合宽度(&amp;W)</translation>
    </message>
    <message>
        <source>Give its graphics memory back for now</source>
        <translation>暂时释放引擎占用的显存</translation>
    </message>
    <message>
        <source>Go to a page by its number</source>
        <translation>按页码转到页面</translation>
    </message>
    <message>
        <source>Go to the doubtful word before</source>
        <translation>转到上一处存疑文字</translation>
    </message>
    <message>
        <source>Go to the next page</source>
        <translation>转到下一页</translation>
    </message>
    <message>
        <source>Go to the next word that may be wrong</source>
        <translation>转到下一处可能有误的文字</translation>
    </message>
    <message>
        <source>Go to the page before</source>
        <translation>转到上一页</translation>
    </message>
    <message>
        <source>Install the engine and its model, or choose a server</source>
        <translation>安装引擎及其模型，或选用服务器</translation>
    </message>
    <message>
        <source>Let it take its graphics memory again</source>
        <translation>让引擎重新占用显存</translation>
    </message>
    <message>
        <source>Make the page as wide as the window</source>
        <translation>使页面与窗口同宽</translation>
    </message>
    <message>
        <source>Next &amp;doubtful word</source>
        <translation>下一处存疑文字(&amp;D)</translation>
    </message>
    <message>
        <source>Open &amp;folder…</source>
        <translation>打开文件夹(&amp;F)…</translation>
    </message>
    <message>
        <source>Open a PDF or pictures</source>
        <translation>打开 PDF 或图片</translation>
    </message>
    <message>
        <source>Open a folder of pictures</source>
        <translation>打开图片文件夹</translation>
    </message>
    <message>
        <source>Open the picture or the files on the clipboard</source>
        <translation>打开剪贴板中的图片或文件</translation>
    </message>
    <message>
        <source>Open the sa&amp;mple</source>
        <translation>打开示例(&amp;M)</translation>
    </message>
    <message>
        <source>Open the sample document</source>
        <translation>打开示例文档</translation>
    </message>
    <message>
        <source>Page &amp;list</source>
        <translation>页面列表(&amp;L)</translation>
    </message>
    <message>
        <source>Page list, page, reading, engine</source>
        <translation>页面列表、页面、识别结果、引擎</translation>
    </message>
    <message>
        <source>Part &amp;before</source>
        <translation>上一部分(&amp;B)</translation>
    </message>
    <message>
        <source>Pau&amp;se</source>
        <translation>暂停(&amp;S)</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Read the page you are looking at</source>
        <translation>识别当前页面</translation>
    </message>
    <message>
        <source>Read the pages not read yet, or all of them again</source>
        <translation>识别尚未识别的页面，或重新识别全部页面</translation>
    </message>
    <message>
        <source>Read fa&amp;iled pages again</source>
        <translation>重读失败的页面(&amp;I)</translation>
    </message>
    <message>
        <source>Read this p&amp;age again</source>
        <translation>重新识别本页(&amp;A)</translation>
    </message>
    <message>
        <source>Read those pages again that failed</source>
        <translation>重新读取失败的页面</translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation>停止(&amp;T)</translation>
    </message>
    <message>
        <source>S&amp;top the engine</source>
        <translation>停止引擎(&amp;T)</translation>
    </message>
    <message>
        <source>Save what was read</source>
        <translation>保存识别结果</translation>
    </message>
    <message>
        <source>See where readings of this page differ</source>
        <translation>查看本页各次识别结果的差异</translation>
    </message>
    <message>
        <source>Self-&amp;check</source>
        <translation>自检(&amp;C)</translation>
    </message>
    <message>
        <source>Self-check</source>
        <translation>自检</translation>
    </message>
    <message>
        <source>Set &amp;up…</source>
        <translation>设置引擎(&amp;U)…</translation>
    </message>
    <message>
        <source>Show or hide the engine panel</source>
        <translation>显示或隐藏引擎面板</translation>
    </message>
    <message>
        <source>Show or hide the list of pages</source>
        <translation>显示或隐藏页面列表</translation>
    </message>
    <message>
        <source>Show the page in its true size</source>
        <translation>以实际大小显示页面</translation>
    </message>
    <message>
        <source>Show the whole page</source>
        <translation>显示整个页面</translation>
    </message>
    <message>
        <source>Sleep</source>
        <translation>休眠</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>Start the engine</source>
        <translation>启动引擎</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop it; its memory becomes free</source>
        <translation>停止引擎并释放显存</translation>
    </message>
    <message>
        <source>Stop reading; finished pages are kept</source>
        <translation>停止识别；已完成的页面会保留</translation>
    </message>
    <message>
        <source>Take back what you last said of a doubtful word</source>
        <translation>撤销您对存疑字词的上一次处理</translation>
    </message>
    <message>
        <source>Text, a translation, fields, a question</source>
        <translation>文本、翻译、字段或提问</translation>
    </message>
    <message>
        <source>Try whether it reads pages right</source>
        <translation>检查引擎能否正确识别页面</translation>
    </message>
    <message>
        <source>Version, licence and libraries</source>
        <translation>版本、许可证与所用程序库</translation>
    </message>
    <message>
        <source>Wake</source>
        <translation>唤醒</translation>
    </message>
    <message>
        <source>What the keys do</source>
        <translation>各快捷键的用途</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>放大(&amp;I)</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>缩小(&amp;O)</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
</context>
<context>
    <name>AskingLine</name>
    <message>
        <source>Ask</source>
        <translation>提问</translation>
    </message>
    <message>
        <source>Ask about the page you are looking at; Enter asks</source>
        <translation>就当前页面提问；按 Enter 提交</translation>
    </message>
    <message>
        <source>Close this line</source>
        <translation>关闭此行</translation>
    </message>
    <message>
        <source>Empty the field</source>
        <translation>清空输入框</translation>
    </message>
    <message>
        <source>Fields</source>
        <translation>字段</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Invoice number, Total, Date</source>
        <translation>发票号码，金额，日期</translation>
    </message>
    <message>
        <source>Name the values you want, with commas between them (quotes around one with a comma); Enter reads</source>
        <translation>写出想要的内容，用逗号分隔（名称本身含逗号时加引号）；按回车键识别</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>What is the delivery date?</source>
        <translation>交货日期是哪天？</translation>
    </message>
</context>
<context>
    <name>BadgeBar</name>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Close this message</source>
        <translation>关闭此消息</translation>
    </message>
</context>
<context>
    <name>BothView</name>
    <message>
        <source>Translation of the page</source>
        <translation>此页的译文</translation>
    </message>
</context>
<context>
    <name>CompareDialog</name>
    <message numerus="yes">
        <source>%n difference(s)</source>
        <translation>
            <numerusform>%n 处差异</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Before</source>
        <translation>上一处(&amp;B)</translation>
    </message>
    <message>
        <source>&amp;Next</source>
        <translation>下一处(&amp;N)</translation>
    </message>
    <message>
        <source>Choose another reader or another task and read the page again with Shift+F5; then compare.</source>
        <translation>请换一种识别方式或任务，按 Shift+F5 重读本页，然后再比较。</translation>
    </message>
    <message>
        <source>First reading</source>
        <translation>第一份识别结果</translation>
    </message>
    <message>
        <source>No reading of this page is kept.</source>
        <translation>本页没有保存的识别结果。</translation>
    </message>
    <message>
        <source>Readings of page {number}</source>
        <translation>第 {number} 页的识别结果</translation>
    </message>
    <message>
        <source>Second reading</source>
        <translation>第二份识别结果</translation>
    </message>
    <message>
        <source>Text of the first reading</source>
        <translation>第一份识别结果的文字</translation>
    </message>
    <message>
        <source>Text of the second reading</source>
        <translation>第二份识别结果的文字</translation>
    </message>
    <message>
        <source>The difference before</source>
        <translation>上一处差异</translation>
    </message>
    <message>
        <source>The next difference</source>
        <translation>下一处差异</translation>
    </message>
    <message>
        <source>The two say the same.</source>
        <translation>两份结果相同。</translation>
    </message>
    <message>
        <source>There is only this reading of the page.</source>
        <translation>本页只有这一份识别结果。</translation>
    </message>
    <message>
        <source>Use this one</source>
        <translation>采用这一份</translation>
    </message>
    <message>
        <source>{places} · {percent} % alike</source>
        <translation>{places} · 相同 {percent}%</translation>
    </message>
</context>
<context>
    <name>Comparing</name>
    <message>
        <source> · corrected</source>
        <translation> · 已更正</translation>
    </message>
    <message>
        <source>{reader} · {task} · {when}</source>
        <translation>{reader} · {task} · {when}</translation>
    </message>
</context>
<context>
    <name>CropView</name>
    <message>
        <source>The place on the page</source>
        <translation>在页面上的位置</translation>
    </message>
</context>
<context>
    <name>Desk</name>
    <message>
        <source>{count} failed</source>
        <translation>{count} 页失败</translation>
    </message>
</context>
<context>
    <name>DocumentsModel</name>
    <message>
        <source>{name}, {read} of {pages} pages read</source>
        <translation>{name}，共 {pages} 页，已读 {read} 页</translation>
    </message>
</context>
<context>
    <name>DoubtBubble</name>
    <message>
        <source>&amp;Keep this one</source>
        <translation>保留原读法(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Take the other reading</source>
        <translation>采用另一读法(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Write this</source>
        <translation>改成这样(&amp;W)</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Take back the last answer</source>
        <translation>撤销上一次处理</translation>
    </message>
    <message>
        <source>The doubtful word before</source>
        <translation>上一处存疑文字</translation>
    </message>
    <message>
        <source>The next doubtful word</source>
        <translation>下一处存疑文字</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>What stands there</source>
        <translation>此处的文字</translation>
    </message>
    <message>
        <source>{which} of {count} on this page</source>
        <translation>本页第 {which} 处，共 {count} 处</translation>
    </message>
</context>
<context>
    <name>DoubtCount</name>
    <message>
        <source>Go through them (F7)</source>
        <translation>逐处查看（F7）</translation>
    </message>
</context>
<context>
    <name>DoubtDesk</name>
    <message>
        <source>Changed. Ctrl+Z takes it back.</source>
        <translation>已修改。按 Ctrl+Z 可撤销。</translation>
    </message>
    <message>
        <source>Drawing the page …</source>
        <translation>正在绘制页面……</translation>
    </message>
    <message>
        <source>From the beginning of the document back to its end.</source>
        <translation>已到文档开头，转到末尾。</translation>
    </message>
    <message>
        <source>From the end of the document on to its beginning.</source>
        <translation>已到文档末尾，转到开头。</translation>
    </message>
    <message>
        <source>No word is in doubt any more. Ctrl+Z takes the last answer back.</source>
        <translation>已无存疑字词。按 Ctrl+Z 可撤销上一次处理。</translation>
    </message>
    <message>
        <source>No word that was read is in doubt.</source>
        <translation>读出的文字中没有存疑之处。</translation>
    </message>
    <message>
        <source>Nobody knows where on the page this stands.</source>
        <translation>无法确定它在页面上的位置。</translation>
    </message>
    <message>
        <source>This page could not be drawn</source>
        <translation>无法绘制此页</translation>
    </message>
</context>
<context>
    <name>Doubts</name>
    <message numerus="yes">
        <source>%n page(s) need a look</source>
        <translation>
            <numerusform>%n 页需要核对</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n word(s) need a look</source>
        <translation>
            <numerusform>%n 处文字需要核对</numerusform>
        </translation>
    </message>
    <message>
        <source>(nothing)</source>
        <translation>（无文字）</translation>
    </message>
    <message>
        <source>How sure it is</source>
        <translation>把握程度</translation>
    </message>
    <message>
        <source>In doubt: “{words}”. {who}: {other}.</source>
        <translation>存疑：“{words}”。{who}：{other}。</translation>
    </message>
    <message>
        <source>not sure</source>
        <translation>没有把握</translation>
    </message>
    <message>
        <source>not sure ({percent} %)</source>
        <translation>没有把握（{percent}%）</translation>
    </message>
</context>
<context>
    <name>EmptyState</name>
    <message>
        <source>Open a PDF or a picture</source>
        <translation>打开 PDF 或图片</translation>
    </message>
    <message>
        <source>Drop it here, paste it, or choose a file.
Its text appears beside the page, read on this machine.</source>
        <translation>拖放到这里、粘贴，或选择一个文件。
文本会显示在页面旁边，识别全部在本机完成。</translation>
    </message>
    <message>
        <source>Drop it here, paste it, or choose a file.
Its text appears beside the page.</source>
        <translation>拖放到这里、粘贴，或选择一个文件。
文本会显示在页面旁边。</translation>
    </message>
    <message>
        <source>Open a file…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>Open the sample</source>
        <translation>打开示例</translation>
    </message>
    <message>
        <source>Opened lately</source>
        <translation>最近打开</translation>
    </message>
    <message>
        <source>Open {name}</source>
        <translation>打开 {name}</translation>
    </message>
</context>
<context>
    <name>EngineBadge</name>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>Engine: {state}</source>
        <translation>引擎：{state}</translation>
    </message>
</context>
<context>
    <name>EngineChoices</name>
    <message>
        <source>A folder or a stick with everything in it, made on another computer. No network is used.</source>
        <translation>在另一台计算机上制作的文件夹或 U 盘，包含所需的全部内容。不使用网络。</translation>
    </message>
    <message>
        <source>Another kit…</source>
        <translation>换一个安装包…</translation>
    </message>
    <message>
        <source>Download from the package index</source>
        <translation>从软件包索引下载</translation>
    </message>
    <message>
        <source>Fingerprint: {digits}</source>
        <translation>指纹：{digits}</translation>
    </message>
    <message>
        <source>From an engine kit</source>
        <translation>使用引擎安装包</translation>
    </message>
    <message>
        <source>From an engine kit…</source>
        <translation>选择引擎安装包…</translation>
    </message>
    <message>
        <source>From the package index</source>
        <translation>从软件包索引安装</translation>
    </message>
    <message>
        <source>Install from this kit</source>
        <translation>从此安装包安装</translation>
    </message>
    <message>
        <source>Looking at the folder …</source>
        <translation>正在查看文件夹…</translation>
    </message>
    <message>
        <source>No graphics card was found. The engine can be installed all the same, for when there is one; until then the built-in reader reads.</source>
        <translation>没有找到显卡。引擎仍可先行安装，待有显卡时使用；在此之前由内置识别程序识别。</translation>
    </message>
    <message>
        <source>No version fits this card and driver.</source>
        <translation>没有适合此显卡和驱动程序的版本。</translation>
    </message>
</context>
<context>
    <name>EngineDesk</name>
    <message>
        <source>Self-check {percent} %</source>
        <translation>自检 {percent}%</translation>
    </message>
</context>
<context>
    <name>EngineDock</name>
    <message>
        <source>Close the panel</source>
        <translation>关闭面板</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
</context>
<context>
    <name>EngineLog</name>
    <message>
        <source>Copy all</source>
        <translation>全部复制</translation>
    </message>
    <message>
        <source>Copy selection</source>
        <translation>复制所选</translation>
    </message>
    <message>
        <source>Empty the field</source>
        <translation>清空</translation>
    </message>
    <message>
        <source>Line after</source>
        <translation>下一处</translation>
    </message>
    <message>
        <source>Line before</source>
        <translation>上一处</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>Search the log</source>
        <translation>在日志中查找</translation>
    </message>
    <message>
        <source>The engine&apos;s log</source>
        <translation>引擎日志</translation>
    </message>
    <message>
        <source>{index} of {total}</source>
        <translation>第 {index} 处，共 {total} 处</translation>
    </message>
</context>
<context>
    <name>EnginePanel</name>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>Give the memory back when idle</source>
        <translation>空闲时释放显存</translation>
    </message>
    <message>
        <source>Give the memory back when idle:</source>
        <translation>空闲时释放显存：</translation>
    </message>
    <message>
        <source>Start it with the window</source>
        <translation>打开窗口时启动引擎</translation>
    </message>
    <message>
        <source>They leave this computer. Address: {address}</source>
        <translation>页面会离开本机。地址：{address}</translation>
    </message>
    <message numerus="yes">
        <source>after %n minute(s)</source>
        <translation>
            <numerusform>%n 分钟后</numerusform>
        </translation>
    </message>
    <message>
        <source>never</source>
        <translation>从不</translation>
    </message>
</context>
<context>
    <name>FieldsModel</name>
    <message>
        <source>Click to see it on the page</source>
        <translation>点击可在页面上查看</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>字段</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>位置; not on this page → 此页没有; marked on the page → 已在页面标出; place not found → 未找到位置</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>marked on the page</source>
        <translation>已在页面标出</translation>
    </message>
    <message>
        <source>not on this page</source>
        <translation>此页没有</translation>
    </message>
    <message>
        <source>place not found</source>
        <translation>未找到位置</translation>
    </message>
</context>
<context>
    <name>FieldsView</name>
    <message>
        <source>Copy all</source>
        <translation>全部复制</translation>
    </message>
    <message>
        <source>Copy names and values, for a spreadsheet</source>
        <translation>复制名称和值，可粘贴到电子表格</translation>
    </message>
    <message>
        <source>Fields</source>
        <translation>字段</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Searching…</source>
        <translation>正在查找…</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>{total} found</source>
        <translation>找到 {total} 处</translation>
    </message>
    <message>
        <source>{index} of {total}</source>
        <translation>第 {index} 处，共 {total} 处</translation>
    </message>
    <message>
        <source>Empty the field</source>
        <translation>清空</translation>
    </message>
    <message>
        <source>Find in the text</source>
        <translation>在文本中查找</translation>
    </message>
    <message>
        <source>Previous place</source>
        <translation>上一处</translation>
    </message>
    <message>
        <source>Next place</source>
        <translation>下一处</translation>
    </message>
    <message>
        <source>Close the search</source>
        <translation>关闭查找</translation>
    </message>
</context>
<context>
    <name>HitsModel</name>
    <message numerus="yes">
        <source>%n more page(s) of {name}</source>
        <translation>
            <numerusform>{name}：还有 %n 页</numerusform>
        </translation>
    </message>
    <message>
        <source>{name}, page {number}: {text}</source>
        <translation>{name}，第 {number} 页：{text}</translation>
    </message>
    <message numerus="yes">
        <source>{name}: %n page(s)</source>
        <translation>
            <numerusform>{name}：%n 页</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Intake</name>
    <message>
        <source>Pasted picture</source>
        <translation>粘贴的图片</translation>
    </message>
</context>
<context>
    <name>JobDesk</name>
    <message>
        <source>Drop</source>
        <translation>放弃</translation>
    </message>
    <message>
        <source>Go &amp;on</source>
        <translation>继续(&amp;O)</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Go on now</source>
        <translation>立即继续</translation>
    </message>
    <message>
        <source>Go on without keeping</source>
        <translation>不保存，继续</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>以后再说</translation>
    </message>
    <message>
        <source>Pau&amp;se</source>
        <translation>暂停(&amp;S)</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Reading “{name}” was interrupted at page {done} of {total}</source>
        <translation>读取“{name}”时在第 {done} 页中断，共 {total} 页</translation>
    </message>
    <message>
        <source>Waiting: {what}</source>
        <translation>等待中：{what}</translation>
    </message>
    <message>
        <source>What was read is kept.</source>
        <translation>已读的内容均已保存。</translation>
    </message>
</context>
<context>
    <name>Keys</name>
    <message>
        <source>Ask for the fields, or ask the question, that was typed</source>
        <translation>按所输入的字段识别，或提出所输入的问题</translation>
    </message>
    <message>
        <source>Close the line of the fields or of the question</source>
        <translation>关闭字段或提问输入行</translation>
    </message>
    <message>
        <source>Close the search</source>
        <translation>关闭查找</translation>
    </message>
    <message>
        <source>Copy the selection</source>
        <translation>复制所选内容</translation>
    </message>
    <message>
        <source>Copy the table</source>
        <translation>复制表格</translation>
    </message>
    <message>
        <source>Ctrl+mouse wheel</source>
        <translation>Ctrl+鼠标滚轮</translation>
    </message>
    <message>
        <source>Move the page by hand</source>
        <translation>用手形拖动页面</translation>
    </message>
    <message>
        <source>Next place found</source>
        <translation>下一处</translation>
    </message>
    <message>
        <source>Place found before</source>
        <translation>上一处</translation>
    </message>
    <message>
        <source>Space+mouse, or the middle button</source>
        <translation>空格+鼠标，或鼠标中键</translation>
    </message>
    <message>
        <source>Zoom the page around the pointer; make the letters of the reading larger or smaller</source>
        <translation>以指针为中心缩放页面；放大或缩小识别结果的文字</translation>
    </message>
</context>
<context>
    <name>KeysDialog</name>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>What</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>What the keys do</source>
        <translation>各快捷键的用途</translation>
    </message>
</context>
<context>
    <name>LaunchDialog</name>
    <message>
        <source>&amp;Distribution</source>
        <translation>发行版(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Image</source>
        <translation>镜像(&amp;I)</translation>
    </message>
    <message>
        <source>Load from an archive…</source>
        <translation>从归档文件载入…</translation>
    </message>
    <message>
        <source>Name of the distribution</source>
        <translation>发行版名称</translation>
    </message>
    <message>
        <source>Name of the image</source>
        <translation>镜像名称</translation>
    </message>
    <message>
        <source>Nothing is downloaded: an image has to be here, or in an archive.</source>
        <translation>不会下载任何内容：镜像须已在本机，或在归档文件中。</translation>
    </message>
    <message>
        <source>On Windows, vLLM runs in a Linux distribution of WSL. Diglot starts it there, and ends it there.</source>
        <translation>在 Windows 上，vLLM 在 WSL 的 Linux 发行版中运行。Diglot 会在其中启动和结束它。</translation>
    </message>
    <message>
        <source>Run it outside again</source>
        <translation>恢复直接运行</translation>
    </message>
    <message>
        <source>The engine in WSL</source>
        <translation>在 WSL 中运行引擎</translation>
    </message>
    <message>
        <source>The engine in a container</source>
        <translation>在容器中运行引擎</translation>
    </message>
    <message>
        <source>Use it</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>docker or podman runs an image that holds vLLM. The model is mounted read-only, and the container has no network. No engine needs to be installed then; the model does.</source>
        <translation>由 docker 或 podman 运行包含 vLLM 的镜像。模型以只读方式挂载，容器没有网络。这样无需安装引擎，但仍需要模型。</translation>
    </message>
    <message>
        <source>your usual one</source>
        <translation>默认发行版</translation>
    </message>
</context>
<context>
    <name>LibraryDesk</name>
    <message>
        <source>Forgetting …</source>
        <translation>正在删除记录…</translation>
    </message>
    <message>
        <source>No page was found on which all of these words stand.
“Words in quotes” are looked for next to each other, and a star stands for any ending: invoi*</source>
        <translation>没有找到同时包含这些词的页面。
“加引号的词”按相连查找，星号代表任意结尾：invoi*</translation>
    </message>
    <message>
        <source>Nothing is kept yet.
Open a document: what is read of it can be found here from then on.</source>
        <translation>还没有保留任何内容。
打开一个文档：从它读出的内容以后都能在这里找到。</translation>
    </message>
    <message>
        <source>Nothing is kept.
Tick “Keep what is read” below, and what you read can be found here.</source>
        <translation>没有保留任何内容。
勾选下方的“保留读过的内容”，以后读过的内容就能在这里找到。</translation>
    </message>
    <message>
        <source>The library is not where it was put.
Connect its drive and open this window again, or begin a new library elsewhere with “Move…”.</source>
        <translation>资料库不在原先放置的位置。
请重新连接其所在的驱动器并再次打开此窗口，或用“移动…”在别处新建资料库。</translation>
    </message>
</context>
<context>
    <name>LibraryDialog</name>
    <message numerus="yes">
        <source>%n page(s) found</source>
        <translation>
            <numerusform>找到 %n 页</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>关闭(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Forget…</source>
        <translation>删除记录(&amp;F)…</translation>
    </message>
    <message>
        <source>&amp;Open</source>
        <translation>打开(&amp;O)</translation>
    </message>
    <message>
        <source>Documents read last</source>
        <translation>最近读过的文档</translation>
    </message>
    <message>
        <source>Empty the field</source>
        <translation>清空输入框</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Find in everything that was read</source>
        <translation>在所有读过的内容中查找</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>资料库</translation>
    </message>
    <message>
        <source>Pages that were found</source>
        <translation>找到的页面</translation>
    </message>
</context>
<context>
    <name>LibraryFoot</name>
    <message>
        <source>&amp;Keep what is read</source>
        <translation>保留读过的内容(&amp;K)</translation>
    </message>
    <message>
        <source>Also documents with a &amp;password</source>
        <translation>也保留有密码的文档(&amp;P)</translation>
    </message>
    <message>
        <source>Forget &amp;everything…</source>
        <translation>删除全部记录(&amp;E)…</translation>
    </message>
    <message>
        <source>How much of the library is copied</source>
        <translation>资料库已复制多少</translation>
    </message>
    <message>
        <source>It can be found again then, and reading goes on where it was interrupted</source>
        <translation>以后可以再找到，中断的读取也能接着进行</translation>
    </message>
    <message>
        <source>Leave it where it is</source>
        <translation>留在原处</translation>
    </message>
    <message>
        <source>Mo&amp;ve…</source>
        <translation>移动(&amp;V)…</translation>
    </message>
    <message>
        <source>Nothing is kept yet</source>
        <translation>还没有保留任何内容</translation>
    </message>
    <message>
        <source>Put the library into another folder</source>
        <translation>把资料库放到另一个文件夹</translation>
    </message>
    <message>
        <source>Remove damaged library ({size})…</source>
        <translation>移除损坏的资料库（{size}）…</translation>
    </message>
    <message>
        <source>The library cannot be reached</source>
        <translation>无法访问资料库</translation>
    </message>
    <message>
        <source>Their text lies unprotected in the library, for this user to read</source>
        <translation>它们的文字会不加保护地存放在资料库中，本用户可以读取</translation>
    </message>
</context>
<context>
    <name>LibraryForgetting</name>
    <message>
        <source>&amp;Forget</source>
        <translation>删除记录(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Forget everything</source>
        <translation>删除全部记录(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation>移除(&amp;R)</translation>
    </message>
    <message>
        <source>Remove the damaged libraries that were set aside?</source>
        <translation>要移除放在一旁的损坏资料库吗？</translation>
    </message>
    <message>
        <source>What they hold can no longer be rescued then.</source>
        <translation>移除后，其中的内容就再也无法挽救了。</translation>
    </message>
</context>
<context>
    <name>LibraryMoving</name>
    <message>
        <source>&amp;Begin</source>
        <translation>新建(&amp;B)</translation>
    </message>
    <message>
        <source>&amp;Move</source>
        <translation>移动(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Use it</source>
        <translation>使用(&amp;U)</translation>
    </message>
    <message>
        <source>Begin a new library in this folder?</source>
        <translation>在此文件夹中新建资料库？</translation>
    </message>
    <message>
        <source>It lies where it lay.</source>
        <translation>它仍在原处。</translation>
    </message>
    <message>
        <source>Move the library into this folder?</source>
        <translation>要把资料库移到这个文件夹吗？</translation>
    </message>
    <message>
        <source>The library lies in {folder} now</source>
        <translation>资料库现在位于 {folder}</translation>
    </message>
    <message>
        <source>The library was not moved</source>
        <translation>资料库没有移动</translation>
    </message>
    <message>
        <source>These files of the old one could not be removed and are of no use any more: {names}</source>
        <translation>旧位置的这些文件未能移除，已不再有用：{names}</translation>
    </message>
    <message>
        <source>Use the library in this folder?</source>
        <translation>使用此文件夹中的资料库？</translation>
    </message>
    <message>
        <source>{done} of {total} copied</source>
        <translation>已复制 {done}，共 {total}</translation>
    </message>
    <message>
        <source>{folder}
The one in {unreachable} cannot be reached now. It stays as it is.</source>
        <translation>{folder}
{unreachable} 中的资料库目前无法访问，它会保持原样。</translation>
    </message>
    <message>
        <source>{folder}
{size} are copied there; {free} are free. It is looked for there from now on, and removed from its old place. No other Diglot may be at work meanwhile.</source>
        <translation>{folder}
将复制 {size}；那里还有 {free} 可用。此后会在那里查找资料库，并从原处移除。期间不能有其他 Diglot 在运行。</translation>
    </message>
</context>
<context>
    <name>LibraryQuestions</name>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>Choose a folder for the library</source>
        <translation>为资料库选择一个文件夹</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>资料库</translation>
    </message>
    <message>
        <source>PDF</source>
        <translation>PDF</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Where is “{name}”?</source>
        <translation>“{name}”在哪里？</translation>
    </message>
</context>
<context>
    <name>LibraryRows</name>
    <message numerus="yes">
        <source>%n more page(s) of this document</source>
        <translation>
            <numerusform>此文档还有 %n 页</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n page(s)</source>
        <translation>
            <numerusform>%n 页</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n page(s) read</source>
        <translation>
            <numerusform>已读 %n 页</numerusform>
        </translation>
    </message>
    <message>
        <source>Page {number}</source>
        <translation>第 {number} 页</translation>
    </message>
    <message>
        <source>came from no file</source>
        <translation>不是来自文件</translation>
    </message>
    <message numerus="yes">
        <source>{read} of %n page(s) read</source>
        <translation>
            <numerusform>共 %n 页，已读 {read} 页</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LicenceChoices</name>
    <message>
        <source>Accept the licence</source>
        <translation>接受许可协议</translation>
    </message>
    <message>
        <source>I have read this, and I may use the model where I am</source>
        <translation>我已阅读以上内容，并且有权在我所在的地区使用该模型</translation>
    </message>
    <message>
        <source>It can be read here as soon as the model has been copied in.</source>
        <translation>复制模型之后即可在此阅读。</translation>
    </message>
    <message>
        <source>The licence in the model&apos;s folder</source>
        <translation>模型文件夹中的许可协议</translation>
    </message>
</context>
<context>
    <name>LiveView</name>
    <message>
        <source>Memory in use</source>
        <translation>已用显存</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>当前</translation>
    </message>
    <message>
        <source>Page memory in use</source>
        <translation>页面显存占用</translation>
    </message>
    <message>
        <source>Pages at once</source>
        <translation>同时识别的页面</translation>
    </message>
    <message>
        <source>Tokens per second</source>
        <translation>每秒词元数</translation>
    </message>
    <message>
        <source>{inward} in, {outward} out</source>
        <translation>输入 {inward}，输出 {outward}</translation>
    </message>
    <message>
        <source>{memory}, by all programs</source>
        <translation>{memory}（所有程序合计）</translation>
    </message>
    <message>
        <source>{running} being read, {waiting} waiting</source>
        <translation>正在识别 {running} 页，等待 {waiting} 页</translation>
    </message>
</context>
<context>
    <name>LookChoices</name>
    <message>
        <source>Look again</source>
        <translation>重新检查</translation>
    </message>
    <message>
        <source>Use a shared server…</source>
        <translation>使用共享服务器…</translation>
    </message>
</context>
<context>
    <name>LostDocuments</name>
    <message>
        <source>&amp;Forget it…</source>
        <translation>删除它的记录(&amp;F)…</translation>
    </message>
    <message>
        <source>&amp;Look for it…</source>
        <translation>查找它(&amp;L)…</translation>
    </message>
    <message>
        <source>It is not the one that was read: the file was changed since, or another one has its name.</source>
        <translation>它不是读过的那个文档：文件后来被改动过，或者另一个文件用了它的名字。</translation>
    </message>
    <message>
        <source>It was pasted or dropped as a picture. If you have saved it, show where it is.</source>
        <translation>它是作为图片粘贴或拖入的。如果您保存过它，请指出它在哪里。</translation>
    </message>
    <message>
        <source>The file that you chose has another content than the one that was read. It was not opened.</source>
        <translation>您选择的文件与读过的文件内容不同，因此没有打开。</translation>
    </message>
    <message>
        <source>This is not “{name}”</source>
        <translation>这不是“{name}”</translation>
    </message>
    <message>
        <source>{path}
What was read of it is still here. If the file was moved or renamed, show where it is now.</source>
        <translation>{path}
读出的内容仍在这里。如果文件被移动或改名，请指出它现在的位置。</translation>
    </message>
    <message>
        <source>“{name}” came from no file</source>
        <translation>“{name}”不是来自文件</translation>
    </message>
    <message>
        <source>“{name}” is another document now</source>
        <translation>“{name}”现在是另一个文档</translation>
    </message>
    <message>
        <source>“{name}” is not where it was</source>
        <translation>“{name}”不在原来的位置</translation>
    </message>
</context>
<context>
    <name>MemoryBar</name>
    <message>
        <source>For computing</source>
        <translation>用于计算</translation>
    </message>
    <message>
        <source>For looking at the largest page</source>
        <translation>用于处理最大尺寸的页面图像</translation>
    </message>
    <message>
        <source>Free</source>
        <translation>空闲</translation>
    </message>
    <message>
        <source>Holds the pages that are read at once</source>
        <translation>存放同时识别的页面</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Not needed for these pages; a little of it is for gaps</source>
        <translation>这些页面用不到；其中一小部分用作余量</translation>
    </message>
    <message>
        <source>Other programs</source>
        <translation>其他程序</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Spare</source>
        <translation>富余</translation>
    </message>
    <message>
        <source>Stays free for other programs</source>
        <translation>留给其他程序使用</translation>
    </message>
    <message>
        <source>The model&apos;s weights</source>
        <translation>模型权重</translation>
    </message>
    <message>
        <source>Used by another program</source>
        <translation>由其他程序占用</translation>
    </message>
    <message>
        <source>Vision</source>
        <translation>视觉</translation>
    </message>
    <message>
        <source>What the graphics memory is used for</source>
        <translation>显存用途</translation>
    </message>
    <message>
        <source>Working space</source>
        <translation>工作空间</translation>
    </message>
</context>
<context>
    <name>MemorySlider</name>
    <message>
        <source>Graphics memory for the engine</source>
        <translation>供引擎使用的显存</translation>
    </message>
    <message>
        <source>Least {least}, recommended {recommended}, most {most}</source>
        <translation>最少 {least}，推荐 {recommended}，最多 {most}</translation>
    </message>
    <message>
        <source>Let Diglot choose the amount</source>
        <translation>由 Diglot 决定用量</translation>
    </message>
    <message>
        <source>Recommended</source>
        <translation>推荐值</translation>
    </message>
    <message>
        <source>least</source>
        <translation>最少</translation>
    </message>
    <message>
        <source>most</source>
        <translation>最多</translation>
    </message>
    <message>
        <source>recommended</source>
        <translation>推荐</translation>
    </message>
</context>
<context>
    <name>MemoryView</name>
    <message>
        <source>Diglot works without a graphics card: the built-in reader reads text and tables, and a shared server can do what it cannot.</source>
        <translation>没有显卡也能使用 Diglot：内置识别程序可以识别文本和表格，其余的可以交给共享服务器。</translation>
    </message>
    <message>
        <source>Graphics card</source>
        <translation>显卡</translation>
    </message>
    <message>
        <source>Graphics memory</source>
        <translation>显存</translation>
    </message>
    <message>
        <source>Here you choose how much memory the engine may take, as soon as it is set up.</source>
        <translation>引擎设置完成后，可以在这里决定它使用多少显存。</translation>
    </message>
    <message>
        <source>Looking for a graphics card …</source>
        <translation>正在查找显卡…</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>重新启动</translation>
    </message>
    <message>
        <source>Stop the engine and start it with what is chosen</source>
        <translation>停止引擎，并按所选设置重新启动</translation>
    </message>
    <message>
        <source>Takes effect after a restart, about {time}.</source>
        <translation>重新启动后生效，约需 {time}。</translation>
    </message>
    <message>
        <source>Takes effect after a restart.</source>
        <translation>重新启动后生效。</translation>
    </message>
</context>
<context>
    <name>Menus</name>
    <message>
        <source>&amp;Engine</source>
        <translation>引擎(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Page</source>
        <translation>页面(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>Forget these</source>
        <translation>清除记录</translation>
    </message>
    <message>
        <source>Nothing opened yet</source>
        <translation>尚未打开过文件</translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation>最近打开(&amp;R)</translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message>
        <source>Page {number}</source>
        <translation>第 {number} 页</translation>
    </message>
    <message>
        <source>Pages {numbers}</source>
        <translation>第 {numbers} 页</translation>
    </message>
    <message>
        <source>Diglot</source>
        <translation>Diglot</translation>
    </message>
</context>
<context>
    <name>OpenFiles</name>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Open a folder of pictures</source>
        <translation>打开图片文件夹</translation>
    </message>
    <message>
        <source>PDF</source>
        <translation>PDF</translation>
    </message>
    <message>
        <source>PDF and pictures</source>
        <translation>PDF 和图片</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
</context>
<context>
    <name>OpeningDesk</name>
    <message>
        <source>Opening {name} …</source>
        <translation>正在打开 {name}…</translation>
    </message>
    <message>
        <source>There is no picture and no file on the clipboard.</source>
        <translation>剪贴板中没有图片或文件。</translation>
    </message>
</context>
<context>
    <name>OrderDesk</name>
    <message>
        <source>This reader cannot do “{task}”; the document is read instead.</source>
        <translation>此识别方式不支持“{task}”，改为识别整个文档。</translation>
    </message>
</context>
<context>
    <name>OtherWays</name>
    <message>
        <source>Asking {host} …</source>
        <translation>正在询问 {host}…</translation>
    </message>
    <message>
        <source>It is there and can be used.</source>
        <translation>已找到，可以使用。</translation>
    </message>
    <message>
        <source>Loading the image; this can take many minutes …</source>
        <translation>正在载入镜像，可能需要较长时间…</translation>
    </message>
    <message>
        <source>Looking …</source>
        <translation>正在检查…</translation>
    </message>
    <message>
        <source>The engine runs in WSL: {name}</source>
        <translation>引擎在 WSL 中运行：{name}</translation>
    </message>
    <message>
        <source>The engine runs in a container: {image}</source>
        <translation>引擎在容器中运行：{image}</translation>
    </message>
    <message>
        <source>The image is loaded.</source>
        <translation>镜像已载入。</translation>
    </message>
    <message>
        <source>The step “{step}” is not needed then.</source>
        <translation>此时不需要“{step}”这一步。</translation>
    </message>
    <message>
        <source>They leave this computer. Nothing has to be set up here for that.</source>
        <translation>页面会离开本机。为此不需要在本机设置任何内容。</translation>
    </message>
    <message>
        <source>the usual distribution</source>
        <translation>默认发行版</translation>
    </message>
</context>
<context>
    <name>PageView</name>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>This page could not be drawn</source>
        <translation>无法显示此页</translation>
    </message>
</context>
<context>
    <name>PagesModel</name>
    <message>
        <source>Page {number}: {state}</source>
        <translation>第 {number} 页：{state}</translation>
    </message>
    <message>
        <source>not read</source>
        <translation>未识别</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>being read</source>
        <translation>正在识别</translation>
    </message>
    <message>
        <source>read</source>
        <translation>已识别</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
</context>
<context>
    <name>PasswordDialog</name>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>The password does not fit. Check capitals and the keyboard layout, and try again.</source>
        <translation>密码不正确。请检查大小写和键盘布局，然后重试。</translation>
    </message>
    <message>
        <source>“{name}” is protected by a password.</source>
        <translation>“{name}”受密码保护。</translation>
    </message>
    <message>
        <source>The document</source>
        <translation>此文档</translation>
    </message>
</context>
<context>
    <name>ProgressStrip</name>
    <message>
        <source>Progress of the reading</source>
        <translation>识别进度</translation>
    </message>
    <message>
        <source>Stop reading; finished pages are kept</source>
        <translation>停止识别；已完成的页面会保留</translation>
    </message>
    <message>
        <source>Stop reading</source>
        <translation>停止识别</translation>
    </message>
    <message>
        <source>{done} of {total} pages</source>
        <translation>{done} / {total} 页</translation>
    </message>
    <message>
        <source>Reading the page</source>
        <translation>正在识别页面</translation>
    </message>
    <message>
        <source>Begin no further page for now (Ctrl+Shift+F5)</source>
        <translation>暂不读取新的页面（Ctrl+Shift+F5）</translation>
    </message>
    <message>
        <source>Go on reading</source>
        <translation>继续读取</translation>
    </message>
    <message>
        <source>Go to the next of these pages</source>
        <translation>转到下一个这样的页面</translation>
    </message>
    <message>
        <source>Pages that need a look</source>
        <translation>需要核对的页面</translation>
    </message>
    <message>
        <source>Pause reading</source>
        <translation>暂停读取</translation>
    </message>
    <message numerus="yes">
        <source>Read %n failed page(s) again</source>
        <translation>
            <numerusform>重读 %n 个失败的页面</numerusform>
        </translation>
    </message>
    <message>
        <source>Read failed pages again</source>
        <translation>重读失败的页面</translation>
    </message>
    <message>
        <source>Read those pages again that failed (Ctrl+F5)</source>
        <translation>重新读取失败的页面（Ctrl+F5）</translation>
    </message>
    <message>
        <source>{count} failed</source>
        <translation>{count} 页失败</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩余 {time}</translation>
    </message>
    <message>
        <source>{rate} pages/s</source>
        <translation>{rate} 页/秒</translation>
    </message>
    <message>
        <source>{s} s</source>
        <translation>{s} 秒</translation>
    </message>
    <message>
        <source>{m} min {s} s</source>
        <translation>{m} 分 {s} 秒</translation>
    </message>
    <message>
        <source>{h} h {m} min</source>
        <translation>{h} 小时 {m} 分</translation>
    </message>
</context>
<context>
    <name>RatePlot</name>
    <message>
        <source>5 min ago</source>
        <translation>5 分钟前</translation>
    </message>
    <message>
        <source>Tokens per second in the last five minutes</source>
        <translation>最近五分钟的每秒词元数</translation>
    </message>
    <message>
        <source>in</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>nothing measured yet</source>
        <translation>尚无数据</translation>
    </message>
    <message>
        <source>now</source>
        <translation>现在</translation>
    </message>
    <message>
        <source>now {inward} in and {outward} out, at most {top}</source>
        <translation>当前输入 {inward}，输出 {outward}，最高 {top}</translation>
    </message>
    <message>
        <source>out</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>{top} tokens/s</source>
        <translation>{top} 词元/秒</translation>
    </message>
</context>
<context>
    <name>RawView</name>
    <message>
        <source>Just as it was read</source>
        <translation>识别原样</translation>
    </message>
</context>
<context>
    <name>ReadingPages</name>
    <message>
        <source>Translation of the page</source>
        <translation>此页的译文</translation>
    </message>
</context>
<context>
    <name>ReadingSide</name>
    <message>
        <source>This page waits to be read.</source>
        <translation>此页正在等待识别。</translation>
    </message>
    <message>
        <source>This page is being read …</source>
        <translation>正在识别此页…</translation>
    </message>
    <message>
        <source>This page could not be read. Shift+F5 tries it again.</source>
        <translation>此页无法识别。按 Shift+F5 重试。</translation>
    </message>
    <message>
        <source>This page has not been read. Press F5 to read the document.</source>
        <translation>此页尚未识别。按 F5 识别文档。</translation>
    </message>
</context>
<context>
    <name>ReadingTabs</name>
    <message>
        <source>Both</source>
        <translation>对照</translation>
    </message>
    <message>
        <source>Fields</source>
        <translation>字段</translation>
    </message>
    <message>
        <source>Just as it was read, before anything was put in order</source>
        <translation>识别原样，未经整理</translation>
    </message>
    <message>
        <source>Raw</source>
        <translation>原始结果</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>Tables ({count})</source>
        <translation>表格 ({count})</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Text and translation side by side</source>
        <translation>原文与译文并排显示</translation>
    </message>
    <message>
        <source>The page in the other language</source>
        <translation>此页的译文</translation>
    </message>
    <message>
        <source>The values of the fields you named</source>
        <translation>您指定的字段的值</translation>
    </message>
    <message>
        <source>Translation</source>
        <translation>译文</translation>
    </message>
    <message>
        <source>Ways to show the reading</source>
        <translation>识别结果的显示方式</translation>
    </message>
    <message>
        <source>What stands on the page</source>
        <translation>页面上的内容</translation>
    </message>
</context>
<context>
    <name>ReadingText</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy table</source>
        <translation>复制表格</translation>
    </message>
    <message>
        <source>Put back what was read</source>
        <translation>恢复为识别结果</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Text of the page</source>
        <translation>页面文本</translation>
    </message>
</context>
<context>
    <name>ReadingView</name>
    <message>
        <source>[Figure]</source>
        <translation>[图]</translation>
    </message>
    <message>
        <source>The reader is not sure of this line ({percent} %).</source>
        <translation>这一行的识别结果不够可靠（{percent} %）。</translation>
    </message>
    <message numerus="yes">
        <source>%n more row(s): see the tab “Tables”.</source>
        <translation>
            <numerusform>另有 %n 行，请见“表格”标签页。</numerusform>
        </translation>
    </message>
    <message>
        <source>Still being read …</source>
        <translation>正在识别…</translation>
    </message>
    <message>
        <source>What was found stands in the tab “Fields”.</source>
        <translation>找到的内容在“字段”标签页中。</translation>
    </message>
    <message>
        <source>This page has not been read yet.</source>
        <translation>此页尚未识别。</translation>
    </message>
</context>
<context>
    <name>ReadyPane</name>
    <message>
        <source>How much graphics memory it may take is chosen in the engine panel.</source>
        <translation>可以在引擎面板中决定它使用多少显存。</translation>
    </message>
    <message>
        <source>The engine is ready</source>
        <translation>引擎已就绪</translation>
    </message>
</context>
<context>
    <name>ReleaseTable</name>
    <message>
        <source>Needs</source>
        <translation>要求</translation>
    </message>
    <message>
        <source>Run by us</source>
        <translation>实际运行情况</translation>
    </message>
    <message>
        <source>To load</source>
        <translation>下载量</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Versions of the engine</source>
        <translation>引擎版本</translation>
    </message>
    <message>
        <source>not offered</source>
        <translation>不提供</translation>
    </message>
    <message>
        <source>{name}  (recommended)</source>
        <translation>{name}（推荐）</translation>
    </message>
</context>
<context>
    <name>RunChoices</name>
    <message>
        <source>A shared server reads the pages now.</source>
        <translation>目前由共享服务器识别页面。</translation>
    </message>
    <message>
        <source>Run it again</source>
        <translation>再次自检</translation>
    </message>
    <message>
        <source>Run the self-check</source>
        <translation>运行自检</translation>
    </message>
    <message>
        <source>Start the engine</source>
        <translation>启动引擎</translation>
    </message>
</context>
<context>
    <name>SaveAs</name>
    <message>
        <source>Markdown</source>
        <translation>Markdown</translation>
    </message>
    <message>
        <source>Plain text</source>
        <translation>纯文本</translation>
    </message>
    <message>
        <source>Web page</source>
        <translation>网页</translation>
    </message>
    <message>
        <source>JSON with all places</source>
        <translation>JSON（含所有位置信息）</translation>
    </message>
    <message>
        <source>Save what was read</source>
        <translation>保存识别结果</translation>
    </message>
</context>
<context>
    <name>SaveContentDialog</name>
    <message>
        <source>&amp;Choose where…</source>
        <translation>选择保存位置(&amp;C)…</translation>
    </message>
    <message>
        <source>&amp;Text and translation</source>
        <translation>原文和译文(&amp;T)</translation>
    </message>
    <message>
        <source>Pages without a translation are saved as they are. JSON always holds both.</source>
        <translation>没有译文的页按原样保存；JSON 始终同时包含原文和译文。</translation>
    </message>
    <message>
        <source>Save what was read</source>
        <translation>保存识别结果</translation>
    </message>
    <message>
        <source>T&amp;ranslation only</source>
        <translation>仅译文(&amp;R)</translation>
    </message>
    <message>
        <source>Te&amp;xt only</source>
        <translation>仅原文(&amp;X)</translation>
    </message>
    <message>
        <source>This document was translated. What shall the file hold?</source>
        <translation>此文档已翻译。文件中要保存哪些内容？</translation>
    </message>
</context>
<context>
    <name>SetupDesk</name>
    <message>
        <source>“{step}” needs your choice; the rest follows by itself.</source>
        <translation>“{step}”需要您来选择，其余步骤会自动继续。</translation>
    </message>
</context>
<context>
    <name>SetupDialog</name>
    <message>
        <source>Set up the engine</source>
        <translation>设置引擎</translation>
    </message>
    <message>
        <source>Use this computer&apos;s engine</source>
        <translation>改用本机引擎</translation>
    </message>
    <message>
        <source>With the engine, a model on this computer&apos;s graphics card reads the pages. Until it is set up, the built-in reader does. Every step can be left out and taken later.</source>
        <translation>设置引擎后，页面由本机显卡上的模型识别；在此之前由内置识别程序识别。每一步都可以跳过，以后再做。</translation>
    </message>
</context>
<context>
    <name>SetupFoot</name>
    <message>
        <source>A shared server in the house…</source>
        <translation>单位内的共享服务器…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>In WSL…</source>
        <translation>在 WSL 中运行…</translation>
    </message>
    <message>
        <source>In a container (docker, podman)…</source>
        <translation>在容器中运行（docker、podman）…</translation>
    </message>
    <message>
        <source>Other ways</source>
        <translation>其他方式</translation>
    </message>
    <message>
        <source>Set up everything that is left</source>
        <translation>完成其余全部设置</translation>
    </message>
</context>
<context>
    <name>SetupPlaces</name>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>Archives</source>
        <translation>归档文件</translation>
    </message>
    <message>
        <source>Certificates</source>
        <translation>证书</translation>
    </message>
    <message>
        <source>Choose the archive of the image</source>
        <translation>选择镜像的归档文件</translation>
    </message>
    <message>
        <source>Choose the archive that holds the model</source>
        <translation>选择包含模型的归档文件</translation>
    </message>
    <message>
        <source>Choose the engine kit or its stick</source>
        <translation>选择引擎安装包或其所在的 U 盘</translation>
    </message>
    <message>
        <source>Choose the folder or drive that holds the model</source>
        <translation>选择包含模型的文件夹或磁盘</translation>
    </message>
    <message>
        <source>Choose your house&apos;s CA file</source>
        <translation>选择本单位的 CA 证书文件</translation>
    </message>
</context>
<context>
    <name>SharedServerDialog</name>
    <message>
        <source>&amp;Address</source>
        <translation>地址(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;CA file</source>
        <translation>CA 证书(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Key</source>
        <translation>密钥(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation>模型(&amp;M)</translation>
    </message>
    <message>
        <source>A shared server in the house</source>
        <translation>单位内的共享服务器</translation>
    </message>
    <message>
        <source>A vLLM or another server with HunyuanOCR that somebody in your house runs reads the pages in place of this computer. It must speak the language of OpenAI&apos;s interface.</source>
        <translation>由单位内他人运行的 vLLM 或其他带有 HunyuanOCR 的服务器代替本机识别页面。该服务器须兼容 OpenAI 接口。</translation>
    </message>
    <message>
        <source>Address of the server</source>
        <translation>服务器地址</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>File of your house&apos;s certificate authority</source>
        <translation>本单位证书颁发机构的文件</translation>
    </message>
    <message>
        <source>It answers, and has “{model}”.</source>
        <translation>服务器有应答，并提供“{model}”。</translation>
    </message>
    <message>
        <source>It is not encrypted.</source>
        <translation>连接未加密。</translation>
    </message>
    <message>
        <source>It runs vLLM {version}.</source>
        <translation>运行的是 vLLM {version}。</translation>
    </message>
    <message>
        <source>Key of the server</source>
        <translation>服务器密钥</translation>
    </message>
    <message>
        <source>Model on the server</source>
        <translation>服务器上的模型</translation>
    </message>
    <message>
        <source>Pages go to {host}, which is this computer itself</source>
        <translation>页面将发送到 {host}，即本机</translation>
    </message>
    <message>
        <source>Pages will leave this computer</source>
        <translation>页面将离开本机</translation>
    </message>
    <message>
        <source>Pages will leave this computer and go to {host}</source>
        <translation>页面将离开本机，发送到 {host}</translation>
    </message>
    <message>
        <source>Send pages unencrypted to {address} all the same</source>
        <translation>仍以未加密的方式将页面发送到 {address}</translation>
    </message>
    <message>
        <source>The connection is encrypted.</source>
        <translation>连接已加密。</translation>
    </message>
    <message>
        <source>The window says so all the time. Nothing is sent before you press a button.</source>
        <translation>窗口会一直提示这一点。在您按下按钮之前不会发送任何内容。</translation>
    </message>
    <message>
        <source>They go to the server that you enter here, and the window says so all the time.</source>
        <translation>页面会发送到您在此输入的服务器，窗口会一直提示这一点。</translation>
    </message>
    <message>
        <source>Use this computer again</source>
        <translation>改回本机识别</translation>
    </message>
    <message>
        <source>Use this server</source>
        <translation>使用此服务器</translation>
    </message>
    <message>
        <source>Where they go from there is up to the program that answers.</source>
        <translation>页面此后的去向取决于应答的程序。</translation>
    </message>
    <message>
        <source>Whoever can listen on the network between here and there can read the pages, and the key. Ask whoever runs the server for an address that begins with https.</source>
        <translation>能够监听沿途网络的人可以读取页面和密钥。请向服务器的管理员索取以 https 开头的地址。</translation>
    </message>
    <message>
        <source>its HunyuanOCR</source>
        <translation>其中的 HunyuanOCR</translation>
    </message>
    <message>
        <source>kept; leave this empty to use it</source>
        <translation>已保存；留空即使用它</translation>
    </message>
    <message>
        <source>leave this empty if it needs none</source>
        <translation>如不需要密钥，请留空</translation>
    </message>
    <message>
        <source>only where your house signs its own certificates</source>
        <translation>仅在本单位自行签发证书时需要</translation>
    </message>
    <message>
        <source>{address} is not encrypted</source>
        <translation>{address} 未加密</translation>
    </message>
</context>
<context>
    <name>SideDesk</name>
    <message>
        <source>The engine is starting. This page is read as soon as it is ready.</source>
        <translation>引擎正在启动，就绪后立即识别此页。</translation>
    </message>
    <message>
        <source>The engine is waking up. This page is read as soon as it is ready.</source>
        <translation>引擎正在唤醒，就绪后立即识别此页。</translation>
    </message>
</context>
<context>
    <name>StateView</name>
    <message numerus="yes">
        <source>It ended by itself and was started again %n time(s).</source>
        <translation>
            <numerusform>引擎曾自行退出，已重新启动 %n 次。</numerusform>
        </translation>
    </message>
    <message>
        <source>Progress of the self-check</source>
        <translation>自检进度</translation>
    </message>
    <message>
        <source>Progress of the start</source>
        <translation>启动进度</translation>
    </message>
    <message>
        <source>The self-check found every page right.</source>
        <translation>自检通过：所有页面均识别正确。</translation>
    </message>
    <message>
        <source>The self-check found pages mixed up, so fewer are read at once.</source>
        <translation>自检发现页面内容混淆，因此减少了同时识别的页数。</translation>
    </message>
    <message>
        <source>The self-check is running: it reads a few made pages and compares.</source>
        <translation>正在自检：识别几张测试页面并核对结果。</translation>
    </message>
</context>
<context>
    <name>StepList</name>
    <message>
        <source>Steps of the setup</source>
        <translation>设置步骤</translation>
    </message>
</context>
<context>
    <name>StepPane</name>
    <message>
        <source>Choose another one…</source>
        <translation>另选一个…</translation>
    </message>
    <message>
        <source>It is taken as soon as the step at work is finished.</source>
        <translation>正在进行的步骤完成后即开始。</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>暂不进行</translation>
    </message>
    <message>
        <source>Skip this step</source>
        <translation>跳过此步</translation>
    </message>
    <message>
        <source>waits for its turn</source>
        <translation>等待中</translation>
    </message>
</context>
<context>
    <name>StepsModel</name>
    <message>
        <source>waits for its turn</source>
        <translation>等待中</translation>
    </message>
</context>
<context>
    <name>TableButton</name>
    <message>
        <source>Copy table</source>
        <translation>复制表格</translation>
    </message>
    <message>
        <source>Copy the table, for a spreadsheet or a document (Ctrl+Shift+C)</source>
        <translation>复制表格，可粘贴到电子表格或文档中 (Ctrl+Shift+C)</translation>
    </message>
</context>
<context>
    <name>TableGrid</name>
    <message>
        <source>Compare with the page</source>
        <translation>与页面核对</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
</context>
<context>
    <name>TableModel</name>
    <message>
        <source>A word here needs a look. A double click or Enter compares it with the page.</source>
        <translation>此处有字词需要核对。双击或按 Enter 键与页面对照。</translation>
    </message>
</context>
<context>
    <name>TablesView</name>
    <message>
        <source>Save the table</source>
        <translation>保存表格</translation>
    </message>
    <message>
        <source>CSV tables (*.csv)</source>
        <translation>CSV 表格 (*.csv)</translation>
    </message>
    <message>
        <source>Table {number} ({rows} × {columns})</source>
        <translation>表格 {number}（{rows} × {columns}）</translation>
    </message>
    <message>
        <source>There is no table on this page.</source>
        <translation>此页上没有表格。</translation>
    </message>
    <message>
        <source>Copy table</source>
        <translation>复制表格</translation>
    </message>
    <message>
        <source>Save as CSV…</source>
        <translation>另存为 CSV…</translation>
    </message>
    <message>
        <source>Which table</source>
        <translation>选择表格</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表格</translation>
    </message>
</context>
<context>
    <name>Thumbnails</name>
    <message>
        <source>List of pages</source>
        <translation>页面列表</translation>
    </message>
</context>
<context>
    <name>Toolbar</name>
    <message>
        <source>Toolbar</source>
        <translation>工具栏</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>HunyuanOCR</source>
        <translation>HunyuanOCR</translation>
    </message>
    <message>
        <source>Into which language</source>
        <translation>译为哪种语言</translation>
    </message>
    <message>
        <source>Let the engine read every page; it is started if need be</source>
        <translation>由引擎识别每一页；必要时会自动启动引擎</translation>
    </message>
    <message>
        <source>Lines with places</source>
        <translation>带位置的文本行</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>识别</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>What is read</source>
        <translation>识别内容</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Save as</source>
        <translation>另存为</translation>
    </message>
    <message>
        <source>of {count}</source>
        <translation>/ {count}</translation>
    </message>
    <message>
        <source>How pages are read</source>
        <translation>页面的识别方式</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>The document&apos;s own text where it is sound, else the picture</source>
        <translation>文档自带文本可靠时使用文本，否则识别图像</translation>
    </message>
    <message>
        <source>From the picture</source>
        <translation>识别图像</translation>
    </message>
    <message>
        <source>Recognise every page from what can be seen</source>
        <translation>按看到的内容识别每一页</translation>
    </message>
    <message>
        <source>Own text only</source>
        <translation>仅自带文本</translation>
    </message>
    <message>
        <source>Take only the text that the document carries</source>
        <translation>只使用文档自带的文本</translation>
    </message>
    <message>
        <source>Page number</source>
        <translation>页码</translation>
    </message>
    <message>
        <source>Go to a page by its number (Ctrl+G)</source>
        <translation>按页码转到页面 (Ctrl+G)</translation>
    </message>
</context>
<context>
    <name>TroubleView</name>
    <message>
        <source>Show the licence</source>
        <translation>查看许可协议</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
</context>
<context>
    <name>TryDialog</name>
    <message>
        <source>At work</source>
        <translation>正在进行</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>测试</translation>
    </message>
</context>
<context>
    <name>WarningRow</name>
    <message>
        <source>Ask for the upper and the lower half by themselves</source>
        <translation>上下两半分别读取</translation>
    </message>
    <message>
        <source>Ask for the words alone, without tables and headings</source>
        <translation>只读文字，不分表格和标题</translation>
    </message>
    <message>
        <source>Ask with fewer pixels, which a model sees as a whole</source>
        <translation>用较小的图像读取，便于模型看到整体</translation>
    </message>
    <message>
        <source>Read again:</source>
        <translation>重新读取：</translation>
    </message>
    <message>
        <source>in halves</source>
        <translation>分两半</translation>
    </message>
    <message>
        <source>plain text</source>
        <translation>纯文本</translation>
    </message>
    <message>
        <source>smaller picture</source>
        <translation>较小的图像</translation>
    </message>
</context>
<context>
    <name>WeightsChoices</name>
    <message>
        <source>Archive…</source>
        <translation>归档文件…</translation>
    </message>
    <message>
        <source>Choose it, or drop it anywhere in this window. Only weights and their small files are copied.</source>
        <translation>请选择，或拖放到此窗口的任意位置。只复制权重及其附属的小文件。</translation>
    </message>
    <message>
        <source>Copy it in</source>
        <translation>复制到本机</translation>
    </message>
    <message>
        <source>Download from Hugging Face</source>
        <translation>从 Hugging Face 下载</translation>
    </message>
    <message>
        <source>Download from ModelScope</source>
        <translation>从 ModelScope 下载</translation>
    </message>
    <message>
        <source>Folder or drive…</source>
        <translation>文件夹或磁盘…</translation>
    </message>
    <message>
        <source>From a folder, a drive or an archive</source>
        <translation>使用文件夹、磁盘或归档文件</translation>
    </message>
    <message>
        <source>From the internet</source>
        <translation>从互联网下载</translation>
    </message>
    <message>
        <source>Looking for a model …</source>
        <translation>正在查找模型…</translation>
    </message>
    <message>
        <source>Models that were found</source>
        <translation>找到的模型</translation>
    </message>
    <message>
        <source>Show the licence</source>
        <translation>查看许可协议</translation>
    </message>
    <message>
        <source>The licence has to be accepted before the model is downloaded.</source>
        <translation>下载模型之前须先接受许可协议。</translation>
    </message>
    <message>
        <source>This uses the network: HunyuanOCR 1.5 is loaded, about 2 GB, and held against known hashes.</source>
        <translation>这会使用网络：下载 HunyuanOCR 1.5，约 2 GB，并与已知的哈希值核对。</translation>
    </message>
    <message>
        <source>What is in it is seen while it is unpacked.</source>
        <translation>解压时才能得知其中的内容。</translation>
    </message>
</context>
<context>
    <name>WorkView</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Looking</source>
        <translation>正在检查</translation>
    </message>
    <message>
        <source>Preparing</source>
        <translation>正在准备</translation>
    </message>
    <message>
        <source>Progress of this step</source>
        <translation>此步骤的进度</translation>
    </message>
    <message>
        <source>Reading pages with known words</source>
        <translation>正在识别文字已知的页面</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>正在启动</translation>
    </message>
    <message>
        <source>What was loaded before a break is kept.</source>
        <translation>中断前已下载的内容会保留。</translation>
    </message>
    <message>
        <source>You may close this window: the work goes on while Diglot is open.</source>
        <translation>可以关闭此窗口：只要 Diglot 开着，工作就会继续。</translation>
    </message>
</context>
<context>
    <name>Workbench</name>
    <message>
        <source>Nothing has been read yet. Press F5 to read the document.</source>
        <translation>尚未识别任何内容。按 F5 识别文档。</translation>
    </message>
    <message>
        <source>Open a document first; then say what you want to know of it.</source>
        <translation>请先打开文档，再说明您想了解的内容。</translation>
    </message>
    <message>
        <source>Saved as {name}.</source>
        <translation>已保存为 {name}。</translation>
    </message>
</context>
<context>
    <name>_Table</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy all</source>
        <translation>全部复制</translation>
    </message>
</context>
<context>
    <name>engine</name>
    <message>
        <source>Allow pages up to {tokens} tokens</source>
        <translation>将单页上限设为 {tokens} 词元</translation>
    </message>
    <message>
        <source>Almost ready</source>
        <translation>即将就绪</translation>
    </message>
    <message>
        <source>An NVIDIA driver is installed, but it is not running.</source>
        <translation>已安装 NVIDIA 驱动程序，但它没有运行。</translation>
    </message>
    <message>
        <source>Asleep</source>
        <translation>休眠中</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>出错</translation>
    </message>
    <message>
        <source>It ended by itself.</source>
        <translation>引擎自行退出了。</translation>
    </message>
    <message>
        <source>It has given its graphics memory back and wakes when a page needs it.</source>
        <translation>引擎已释放显存，需要识别页面时会自动唤醒。</translation>
    </message>
    <message>
        <source>It is being started.</source>
        <translation>引擎正在启动。</translation>
    </message>
    <message>
        <source>It is giving its graphics memory back.</source>
        <translation>引擎正在释放显存。</translation>
    </message>
    <message>
        <source>It uses no graphics memory.</source>
        <translation>引擎未占用显存。</translation>
    </message>
    <message>
        <source>Loading the engine</source>
        <translation>正在加载引擎</translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation>正在加载模型</translation>
    </message>
    <message>
        <source>No NVIDIA driver is installed.</source>
        <translation>未安装 NVIDIA 驱动程序。</translation>
    </message>
    <message>
        <source>Not set up</source>
        <translation>未设置</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>已关闭</translation>
    </message>
    <message>
        <source>Pages are read by the built-in reader. With the engine, a model on this computer&apos;s graphics card reads them.</source>
        <translation>目前由内置识别程序识别页面。设置引擎后，将由本机显卡上的模型识别。</translation>
    </message>
    <message>
        <source>Pages are read on {server}</source>
        <translation>页面由 {server} 识别</translation>
    </message>
    <message>
        <source>Pages can be read on this computer&apos;s graphics card.</source>
        <translation>可以用本机显卡识别页面。</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>Run the self-check</source>
        <translation>运行自检</translation>
    </message>
    <message>
        <source>Set up…</source>
        <translation>设置引擎…</translation>
    </message>
    <message>
        <source>Setting memory aside for pages</source>
        <translation>正在为页面预留显存</translation>
    </message>
    <message>
        <source>Start it again</source>
        <translation>重新启动</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>正在启动</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>正在停止</translation>
    </message>
    <message>
        <source>The card does not answer any more. Restart the computer.</source>
        <translation>显卡不再响应。请重新启动计算机。</translation>
    </message>
    <message>
        <source>The card that was chosen is not in this computer.</source>
        <translation>所选的显卡不在这台计算机中。</translation>
    </message>
    <message>
        <source>The graphics driver gave a reason that is not known.</source>
        <translation>显卡驱动程序报告了未知的原因。</translation>
    </message>
    <message>
        <source>The graphics driver gave no answer in time.</source>
        <translation>显卡驱动程序没有及时响应。</translation>
    </message>
    <message>
        <source>The graphics driver was reset. Wait a little, or restart the computer.</source>
        <translation>显卡驱动程序已重置。请稍候，或重新启动计算机。</translation>
    </message>
    <message>
        <source>The graphics driver was updated. Restart the computer.</source>
        <translation>显卡驱动程序已更新。请重新启动计算机。</translation>
    </message>
    <message>
        <source>The system does not let Diglot use the card.</source>
        <translation>系统不允许 Diglot 使用显卡。</translation>
    </message>
    <message>
        <source>There is no NVIDIA card in this computer.</source>
        <translation>这台计算机中没有 NVIDIA 显卡。</translation>
    </message>
    <message>
        <source>This card does not say what it can do.</source>
        <translation>无法得知这块显卡的性能。</translation>
    </message>
    <message>
        <source>This card is divided into slices; the engine cannot use the whole of it.</source>
        <translation>这块显卡已被划分为多个分区，引擎无法使用整块显卡。</translation>
    </message>
    <message>
        <source>This card is of an older kind than the engine has been tried with.</source>
        <translation>这块显卡的型号较旧，引擎没有在此类显卡上试用过。</translation>
    </message>
    <message>
        <source>Trying a page of the largest size</source>
        <translation>正在试用最大尺寸的页面</translation>
    </message>
    <message>
        <source>Tuning it for this card</source>
        <translation>正在针对显卡优化</translation>
    </message>
    <message>
        <source>Use {memory} instead</source>
        <translation>改用 {memory}</translation>
    </message>
    <message>
        <source>about {time} left</source>
        <translation>约剩 {time}</translation>
    </message>
    <message>
        <source>{what}, {done} of {total}</source>
        <translation>{what}（{done}/{total}）</translation>
    </message>
    <message>
        <source>{words}.</source>
        <translation>{words}。</translation>
    </message>
</context>
<context>
    <name>errors</name>
    <message>
        <source>Something went wrong</source>
        <translation>出错了</translation>
    </message>
    <message>
        <source>Please try again.</source>
        <translation>请重试。</translation>
    </message>
    <message>
        <source>This was not understood</source>
        <translation>无法理解此命令</translation>
    </message>
    <message>
        <source>Run the command with --help to see what it takes.</source>
        <translation>请用 --help 运行该命令，查看其用法。</translation>
    </message>
    <message>
        <source>This cannot be read</source>
        <translation>无法读取此内容</translation>
    </message>
    <message>
        <source>Choose a PDF or a picture.</source>
        <translation>请选择 PDF 或图片。</translation>
    </message>
    <message>
        <source>There is no such file</source>
        <translation>没有这个文件</translation>
    </message>
    <message>
        <source>Check the name and the folder.</source>
        <translation>请检查文件名和文件夹。</translation>
    </message>
    <message>
        <source>This file may not be read</source>
        <translation>没有读取此文件的权限</translation>
    </message>
    <message>
        <source>Ask its owner for permission, or copy it to a folder of yours.</source>
        <translation>请向文件所有者申请权限，或将其复制到您自己的文件夹。</translation>
    </message>
    <message>
        <source>The file is empty</source>
        <translation>文件是空的</translation>
    </message>
    <message>
        <source>Copy or download it again; it holds no bytes.</source>
        <translation>请重新复制或下载；该文件没有任何内容。</translation>
    </message>
    <message>
        <source>This is neither a PDF nor a picture</source>
        <translation>这既不是 PDF 也不是图片</translation>
    </message>
    <message>
        <source>Save it as PDF, PNG, JPEG or TIFF and open that.</source>
        <translation>请将其另存为 PDF、PNG、JPEG 或 TIFF 后再打开。</translation>
    </message>
    <message>
        <source>The file is damaged</source>
        <translation>文件已损坏</translation>
    </message>
    <message>
        <source>Get it again from where it came; it seems to be cut off or changed.</source>
        <translation>请从原处重新获取；它似乎不完整或被改动过。</translation>
    </message>
    <message>
        <source>A new one was begun. Nothing was deleted: keep the old file until its documents are read again.</source>
        <translation>已新建一个资料库。没有删除任何东西：在重新读取其中的文档之前，请保留旧文件。</translation>
    </message>
    <message>
        <source>Another program answers in the engine&apos;s place</source>
        <translation>应答的是其他程序，而不是引擎</translation>
    </message>
    <message>
        <source>Another program took the engine&apos;s port</source>
        <translation>引擎的端口被其他程序占用</translation>
    </message>
    <message>
        <source>Ask whoever looks after this computer; the log names the file or device.</source>
        <translation>请联系这台计算机的管理员；日志中列出了相关的文件或设备。</translation>
    </message>
    <message>
        <source>Ask whoever runs it. No page was sent elsewhere.</source>
        <translation>请联系服务器的管理员。页面没有发送到其他地方。</translation>
    </message>
    <message>
        <source>Check the address and the network. No page was sent elsewhere.</source>
        <translation>请检查地址和网络。页面没有发送到其他地方。</translation>
    </message>
    <message>
        <source>Check the connection and try again; it goes on where it stopped.</source>
        <translation>请检查网络连接后重试；下载会从中断处继续。</translation>
    </message>
    <message>
        <source>Choose a folder that is new or empty, and not inside the old one.</source>
        <translation>请选择一个新的或空的文件夹，并且不在旧文件夹之内。</translation>
    </message>
    <message>
        <source>Choose another way in the engine&apos;s settings.</source>
        <translation>请在引擎设置中选择其他运行方式。</translation>
    </message>
    <message>
        <source>Choose one of the models that it names.</source>
        <translation>请从服务器列出的模型中选择一个。</translation>
    </message>
    <message>
        <source>Choose the folder that holds config.json and the .safetensors files of HunyuanOCR.</source>
        <translation>请选择包含 HunyuanOCR 的 config.json 和 .safetensors 文件的文件夹。</translation>
    </message>
    <message>
        <source>Choose the folder that holds kit.json.</source>
        <translation>请选择包含 kit.json 的文件夹。</translation>
    </message>
    <message>
        <source>Choose your house&apos;s CA file in the settings. No page was sent.</source>
        <translation>请在设置中选择本单位的 CA 证书文件。没有发送任何页面。</translation>
    </message>
    <message>
        <source>Close programs that use the card, or give the engine less.</source>
        <translation>请关闭占用显卡的程序，或减少引擎使用的显存。</translation>
    </message>
    <message>
        <source>Close the other window or command, or wait until it is done, and try again.</source>
        <translation>请关闭另一个窗口或命令，或等它完成，然后重试。</translation>
    </message>
    <message>
        <source>Copy it onto the stick again and compare its size; nothing of it was installed.</source>
        <translation>请重新复制到 U 盘并核对大小；没有安装其中任何内容。</translation>
    </message>
    <message>
        <source>Copy or download the missing files, then try again.</source>
        <translation>请复制或下载缺少的文件，然后重试。</translation>
    </message>
    <message>
        <source>Copy or download them again; nothing was taken over.</source>
        <translation>请重新复制或下载；没有导入任何文件。</translation>
    </message>
    <message>
        <source>Enter that address yourself if you trust it. No page was sent.</source>
        <translation>如果信任该地址，请自行输入。没有发送任何页面。</translation>
    </message>
    <message>
        <source>Enter the key again. No page was sent.</source>
        <translation>请重新输入密钥。没有发送任何页面。</translation>
    </message>
    <message>
        <source>Give the engine more memory, or allow shorter pages.</source>
        <translation>请为引擎分配更多显存，或缩短单页的长度上限。</translation>
    </message>
    <message>
        <source>Import the model again from where it came.</source>
        <translation>请从原来的位置重新导入模型。</translation>
    </message>
    <message>
        <source>Import the model again, or let the setup install another engine version.</source>
        <translation>请重新导入模型，或让安装程序安装其他版本的引擎。</translation>
    </message>
    <message>
        <source>Install that version again, or choose another folder for the library; this one is left as it is.</source>
        <translation>请重新安装那个版本，或为资料库选择另一个文件夹；现有的资料库保持原样。</translation>
    </message>
    <message>
        <source>Install the engine again.</source>
        <translation>请重新安装引擎。</translation>
    </message>
    <message>
        <source>Let the setup install a version that can.</source>
        <translation>请通过设置向导安装支持该模型的版本。</translation>
    </message>
    <message>
        <source>No engine is running</source>
        <translation>没有正在运行的引擎</translation>
    </message>
    <message>
        <source>No engine version fits this card and driver</source>
        <translation>没有适合此显卡和驱动程序的引擎版本</translation>
    </message>
    <message>
        <source>No graphics card was found that the engine can use</source>
        <translation>没有找到引擎可用的显卡</translation>
    </message>
    <message>
        <source>No suitable Python was found for the engine</source>
        <translation>没有找到适合引擎的 Python</translation>
    </message>
    <message>
        <source>Open Diglot again: it sets the damaged file aside, deletes nothing and begins a new library.</source>
        <translation>请重新打开 Diglot：它会把损坏的文件放在一旁，不删除任何东西，并新建一个资料库。</translation>
    </message>
    <message>
        <source>Open the engine panel; it says how things stand.</source>
        <translation>请打开引擎面板查看当前状态。</translation>
    </message>
    <message>
        <source>Open the setup, or run “diglot engine install”.</source>
        <translation>请打开设置向导，或运行“diglot engine install”。</translation>
    </message>
    <message>
        <source>Open the window, or run “diglot engine start”.</source>
        <translation>请打开窗口，或运行“diglot engine start”。</translation>
    </message>
    <message>
        <source>Pages would travel unencrypted</source>
        <translation>页面将以未加密的方式传输</translation>
    </message>
    <message>
        <source>Please report it with the log; “diglot doctor” says where the log lies.</source>
        <translation>请附上日志报告此问题；“diglot doctor”会指出日志的位置。</translation>
    </message>
    <message>
        <source>Read Tencent&apos;s licence in the setup and accept it if you may.</source>
        <translation>请在设置向导中阅读腾讯的许可协议；如果您有权使用，请接受。</translation>
    </message>
    <message>
        <source>Read with the built-in reader, or choose a shared server.</source>
        <translation>请使用内置识别程序，或选用共享服务器。</translation>
    </message>
    <message>
        <source>Restart the computer; if that does not help, install the NVIDIA driver again.</source>
        <translation>请重新启动计算机；如果问题仍然存在，请重新安装 NVIDIA 驱动程序。</translation>
    </message>
    <message>
        <source>Run the self-check; it lowers the number of pages at once until they are right.</source>
        <translation>请运行自检；它会减少同时识别的页数，直到结果正确。</translation>
    </message>
    <message>
        <source>Run “diglot read FILE” instead; it needs none.</source>
        <translation>请改用“diglot read 文件”；它不需要显示器。</translation>
    </message>
    <message>
        <source>Start it again; if it happens again, give it less memory.</source>
        <translation>请重新启动引擎；如果再次发生，请减少它使用的显存。</translation>
    </message>
    <message>
        <source>Start it again; the log shows its last words.</source>
        <translation>请重新启动引擎；日志中有它最后的输出。</translation>
    </message>
    <message>
        <source>Start the engine again; it takes another one.</source>
        <translation>请重新启动引擎；它会换用其他端口。</translation>
    </message>
    <message>
        <source>Start the engine again; nothing was sent to that program.</source>
        <translation>请重新启动引擎；没有向该程序发送任何内容。</translation>
    </message>
    <message>
        <source>The document has no pages</source>
        <translation>文档没有页面</translation>
    </message>
    <message>
        <source>The download failed</source>
        <translation>下载失败</translation>
    </message>
    <message>
        <source>The engine belongs to another window or command</source>
        <translation>引擎正由另一个窗口或命令使用</translation>
    </message>
    <message>
        <source>The engine cannot reach the graphics card</source>
        <translation>引擎无法访问显卡</translation>
    </message>
    <message>
        <source>The engine could not be installed</source>
        <translation>无法安装引擎</translation>
    </message>
    <message>
        <source>The engine could not be set up</source>
        <translation>无法完成引擎设置</translation>
    </message>
    <message>
        <source>The engine could not do that</source>
        <translation>引擎无法完成此操作</translation>
    </message>
    <message>
        <source>The engine does not read rightly</source>
        <translation>引擎识别不正确</translation>
    </message>
    <message>
        <source>The engine gave no sign of life and was stopped</source>
        <translation>引擎没有响应，已被停止</translation>
    </message>
    <message>
        <source>The engine has no room for another page now</source>
        <translation>引擎暂时无法处理更多页面</translation>
    </message>
    <message>
        <source>The engine is not set up yet</source>
        <translation>引擎尚未设置</translation>
    </message>
    <message>
        <source>The engine may not use what it needs</source>
        <translation>引擎没有所需的权限</translation>
    </message>
    <message>
        <source>The engine mixed up pages</source>
        <translation>引擎混淆了页面内容</translation>
    </message>
    <message>
        <source>The engine stopped unexpectedly</source>
        <translation>引擎意外停止</translation>
    </message>
    <message>
        <source>The engine&apos;s installation is broken</source>
        <translation>引擎的安装已损坏</translation>
    </message>
    <message>
        <source>The graphics card went away</source>
        <translation>显卡已断开</translation>
    </message>
    <message>
        <source>The graphics driver is too old for this engine</source>
        <translation>显卡驱动程序对此引擎来说太旧</translation>
    </message>
    <message>
        <source>The kit is damaged or not complete</source>
        <translation>安装包已损坏或不完整</translation>
    </message>
    <message>
        <source>The library cannot be put there</source>
        <translation>资料库不能放在那里</translation>
    </message>
    <message>
        <source>The library cannot be reached</source>
        <translation>无法访问资料库</translation>
    </message>
    <message>
        <source>The library could not do that</source>
        <translation>资料库未能完成操作</translation>
    </message>
    <message>
        <source>The library has no such document</source>
        <translation>资料库中没有这个文档</translation>
    </message>
    <message>
        <source>The library is damaged</source>
        <translation>资料库已损坏</translation>
    </message>
    <message>
        <source>The library is in use by another Diglot</source>
        <translation>资料库正被另一个 Diglot 使用</translation>
    </message>
    <message>
        <source>The library was damaged and has been set aside</source>
        <translation>资料库已损坏，已放在一旁</translation>
    </message>
    <message>
        <source>The library was made by a newer Diglot</source>
        <translation>资料库由较新版本的 Diglot 创建</translation>
    </message>
    <message>
        <source>The memory does not hold one page of that length</source>
        <translation>显存容纳不下这样长的一页</translation>
    </message>
    <message>
        <source>The model is not complete</source>
        <translation>模型不完整</translation>
    </message>
    <message>
        <source>The model&apos;s files are damaged</source>
        <translation>模型文件已损坏</translation>
    </message>
    <message>
        <source>The model&apos;s files cannot be loaded</source>
        <translation>无法加载模型文件</translation>
    </message>
    <message>
        <source>The model&apos;s licence has not been accepted</source>
        <translation>尚未接受模型的许可协议</translation>
    </message>
    <message>
        <source>The shared server cannot be reached</source>
        <translation>无法连接到共享服务器</translation>
    </message>
    <message>
        <source>The shared server could not be used</source>
        <translation>无法使用共享服务器</translation>
    </message>
    <message>
        <source>The shared server does not take this key</source>
        <translation>共享服务器不接受此密钥</translation>
    </message>
    <message>
        <source>The shared server has no such model</source>
        <translation>共享服务器上没有此模型</translation>
    </message>
    <message>
        <source>The shared server sends us to another address</source>
        <translation>共享服务器要求转到另一个地址</translation>
    </message>
    <message>
        <source>The shared server&apos;s certificate is not trusted</source>
        <translation>共享服务器的证书不受信任</translation>
    </message>
    <message>
        <source>There is no display to open the window on</source>
        <translation>没有可用于打开窗口的显示器</translation>
    </message>
    <message>
        <source>There is no engine kit in this folder</source>
        <translation>此文件夹中没有引擎安装包</translation>
    </message>
    <message>
        <source>There is no such job</source>
        <translation>没有这个任务</translation>
    </message>
    <message>
        <source>There is not enough free graphics memory</source>
        <translation>空闲显存不足</translation>
    </message>
    <message>
        <source>There is nothing to read in it; get it again from where it came.</source>
        <translation>其中没有可读取的内容；请从原处重新获取。</translation>
    </message>
    <message>
        <source>This job cannot be resumed</source>
        <translation>此任务无法继续</translation>
    </message>
    <message>
        <source>Try again; what it holds is not touched.</source>
        <translation>请重试；其中的内容没有改动。</translation>
    </message>
    <message>
        <source>Try again; what was loaded already is kept. The log names the package that failed.</source>
        <translation>请重试；已下载的内容会保留。日志中列出了出错的软件包。</translation>
    </message>
    <message>
        <source>Try the step again; the log says more.</source>
        <translation>请重试此步骤；日志中有更多信息。</translation>
    </message>
    <message>
        <source>Update the NVIDIA driver, or let the setup choose an older engine.</source>
        <translation>请更新 NVIDIA 驱动程序，或通过设置向导选用较旧的引擎。</translation>
    </message>
    <message>
        <source>Update the graphics driver, or read with the built-in reader.</source>
        <translation>请更新显卡驱动程序，或使用内置识别程序。</translation>
    </message>
    <message>
        <source>Use a kit that brings one, or install Python 3.12 and try again.</source>
        <translation>请使用自带 Python 的安装包，或安装 Python 3.12 后重试。</translation>
    </message>
    <message>
        <source>Use https, or say in the settings that you accept it for this address.</source>
        <translation>请使用 https，或在设置中确认对此地址接受未加密传输。</translation>
    </message>
    <message>
        <source>Use it there, or close that one first.</source>
        <translation>请在那里使用，或先将其关闭。</translation>
    </message>
    <message>
        <source>Wait a moment and try again, or read fewer pages at once.</source>
        <translation>请稍候再试，或减少同时识别的页数。</translation>
    </message>
    <message>
        <source>Wait until the driver is back, or restart the computer; then start the engine again.</source>
        <translation>请等待驱动程序恢复，或重新启动计算机，然后再启动引擎。</translation>
    </message>
    <message>
        <source>What opens documents does not start</source>
        <translation>打开文档的程序无法启动</translation>
    </message>
    <message>
        <source>“diglot jobs” lists those that can.</source>
        <translation>“diglot jobs”会列出可以继续的任务。</translation>
    </message>
    <message>
        <source>“diglot jobs” lists those that there are.</source>
        <translation>“diglot jobs” 会列出现有的任务。</translation>
    </message>
    <message>
        <source>“diglot library list” lists those that it has.</source>
        <translation>“diglot library list”会列出其中的文档。</translation>
    </message>
    <message>
        <source>The document is protected by a password</source>
        <translation>文档受密码保护</translation>
    </message>
    <message>
        <source>Give the password (in the window, or with --password-file).</source>
        <translation>请输入密码（在窗口中，或使用 --password-file）。</translation>
    </message>
    <message>
        <source>The password does not fit</source>
        <translation>密码不正确</translation>
    </message>
    <message>
        <source>Check capitals and the keyboard layout, and try again.</source>
        <translation>请检查大小写和键盘布局，然后重试。</translation>
    </message>
    <message>
        <source>The picture is too large</source>
        <translation>图片太大</translation>
    </message>
    <message>
        <source>Scale it down or cut it into parts first.</source>
        <translation>请先缩小图片或将其裁成几部分。</translation>
    </message>
    <message>
        <source>The picture has no pixels</source>
        <translation>图片没有像素</translation>
    </message>
    <message>
        <source>Save it again from the program that made it.</source>
        <translation>请用生成它的程序重新保存。</translation>
    </message>
    <message>
        <source>There is no picture in this folder</source>
        <translation>此文件夹中没有图片</translation>
    </message>
    <message>
        <source>Choose a folder with pictures, or a single file.</source>
        <translation>请选择包含图片的文件夹，或单个文件。</translation>
    </message>
    <message>
        <source>This is a folder, though it is named like a file</source>
        <translation>这是一个文件夹，虽然名称像文件</translation>
    </message>
    <message>
        <source>Open the file inside it, or rename the folder.</source>
        <translation>请打开其中的文件，或重命名该文件夹。</translation>
    </message>
    <message>
        <source>This is not an ordinary file</source>
        <translation>这不是普通文件</translation>
    </message>
    <message>
        <source>Copy its content into a file and open that.</source>
        <translation>请将其内容复制到文件中再打开。</translation>
    </message>
    <message>
        <source>The file went away or changed while it was open</source>
        <translation>文件在打开期间消失或被改动</translation>
    </message>
    <message>
        <source>Connect the drive again, or open the file again.</source>
        <translation>请重新连接驱动器，或重新打开文件。</translation>
    </message>
    <message>
        <source>This page could not be read</source>
        <translation>无法读取此页</translation>
    </message>
    <message>
        <source>The other pages are not affected.</source>
        <translation>其他页面不受影响。</translation>
    </message>
    <message>
        <source>This page is damaged</source>
        <translation>此页已损坏</translation>
    </message>
    <message>
        <source>The other pages are not affected; get the file again if this page matters.</source>
        <translation>其他页面不受影响；如果需要此页，请重新获取文件。</translation>
    </message>
    <message>
        <source>This page made its parser crash</source>
        <translation>此页导致解析程序崩溃</translation>
    </message>
    <message>
        <source>The other pages are not affected. Do not trust this file more than you must.</source>
        <translation>其他页面不受影响。请谨慎对待此文件。</translation>
    </message>
    <message>
        <source>This page took too long</source>
        <translation>此页处理时间过长</translation>
    </message>
    <message>
        <source>The other pages are not affected; try this one again alone.</source>
        <translation>其他页面不受影响；请单独重试此页。</translation>
    </message>
    <message>
        <source>This page needs too much memory</source>
        <translation>此页需要的内存过多</translation>
    </message>
    <message>
        <source>The other pages are not affected; print this page to a new PDF and open that.</source>
        <translation>其他页面不受影响；请将此页打印成新的 PDF 后再打开。</translation>
    </message>
    <message>
        <source>Connect its drive again, or begin a new one elsewhere: “Move…” in its window, or “diglot library move”.</source>
        <translation>请重新连接其所在的驱动器，或在别处新建：资料库窗口中的“移动…”，或命令 “diglot library move”。</translation>
    </message>
    <message>
        <source>The page could not be read</source>
        <translation>无法识别该页面</translation>
    </message>
    <message>
        <source>This engine version cannot run this model</source>
        <translation>此版本的引擎无法运行该模型</translation>
    </message>
    <message>
        <source>This is a fault in Diglot itself</source>
        <translation>这是 Diglot 自身的错误</translation>
    </message>
    <message>
        <source>This is not a HunyuanOCR model</source>
        <translation>这不是 HunyuanOCR 模型</translation>
    </message>
    <message>
        <source>This way of running the engine is not available here</source>
        <translation>这里无法以这种方式运行引擎</translation>
    </message>
    <message>
        <source>Try again, or choose another reader.</source>
        <translation>请重试，或选择其他识别方式。</translation>
    </message>
    <message>
        <source>This reader cannot do that</source>
        <translation>此识别方式不支持该任务</translation>
    </message>
    <message>
        <source>Choose another task, or set up the engine for this one.</source>
        <translation>请选择其他任务，或为此任务设置引擎。</translation>
    </message>
    <message>
        <source>This page carries no text of its own</source>
        <translation>此页没有自带文本</translation>
    </message>
    <message>
        <source>Read it with the reader “auto” or “cpu”, which look at the picture.</source>
        <translation>请使用识别图像的方式“auto”或“cpu”。</translation>
    </message>
    <message>
        <source>The reader stopped unexpectedly on this page</source>
        <translation>识别程序在此页意外停止</translation>
    </message>
    <message>
        <source>It was started again for the other pages; try this page once more.</source>
        <translation>识别程序已为其他页面重新启动；请重试此页。</translation>
    </message>
    <message>
        <source>The reader gave no answer in time</source>
        <translation>识别程序未能及时响应</translation>
    </message>
    <message>
        <source>The built-in reader is not installed completely</source>
        <translation>内置识别程序安装不完整</translation>
    </message>
    <message>
        <source>Install the application again; “diglot doctor” says what is missing.</source>
        <translation>请重新安装本应用；“diglot doctor”会指出缺少什么。</translation>
    </message>
    <message>
        <source>The result could not be saved</source>
        <translation>无法保存结果</translation>
    </message>
    <message>
        <source>Choose another place.</source>
        <translation>请选择其他位置。</translation>
    </message>
    <message>
        <source>Nothing can be written there</source>
        <translation>无法写入该位置</translation>
    </message>
    <message>
        <source>Choose a folder of yours.</source>
        <translation>请选择您自己的文件夹。</translation>
    </message>
    <message>
        <source>The disk is full</source>
        <translation>磁盘已满</translation>
    </message>
    <message>
        <source>Free some space, or choose another drive; nothing was left half-written.</source>
        <translation>请释放一些空间，或选择其他驱动器；没有留下写了一半的文件。</translation>
    </message>
    <message>
        <source>This would overwrite the original</source>
        <translation>这会覆盖原文件</translation>
    </message>
    <message>
        <source>Choose another name; originals are never changed.</source>
        <translation>请换一个名称；原文件从不会被改动。</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Finished pages are kept.</source>
        <translation>已完成的页面会保留。</translation>
    </message>
</context>
<context>
    <name>figures</name>
    <message numerus="yes">
        <source>Reads about %n page(s) at once, pages up to {tokens} tokens.</source>
        <translation>
            <numerusform>可同时识别约 %n 页，单页最长 {tokens} 词元。</numerusform>
        </translation>
    </message>
    <message>
        <source>The card is also used by {programs}.</source>
        <translation>同时占用显卡的程序：{programs}。</translation>
    </message>
    <message>
        <source>This card is too small: the engine needs at least {least}, the card has {total}.</source>
        <translation>显存太小：引擎至少需要 {least}，这块显卡共有 {total}。</translation>
    </message>
    <message>
        <source>This does not fit: {wanted} are needed and {free} are free.</source>
        <translation>显存不足：需要 {wanted}，空闲 {free}。</translation>
    </message>
    <message>
        <source>This is too little: the engine needs at least {least}.</source>
        <translation>显存太少：引擎至少需要 {least}。</translation>
    </message>
    <message>
        <source>{m} min</source>
        <translation>{m} 分钟</translation>
    </message>
    <message>
        <source>{sentence} {another}</source>
        <translation>{sentence}{another}</translation>
    </message>
    <message>
        <source>{s} s</source>
        <translation>{s} 秒</translation>
    </message>
</context>
<context>
    <name>library</name>
    <message numerus="yes">
        <source>%n document(s) forgotten</source>
        <translation>
            <numerusform>已删除 %n 个文档的记录</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n page(s) were read.</source>
        <translation>
            <numerusform>已读 %n 页。</numerusform>
        </translation>
    </message>
    <message>
        <source>Another Diglot still looks at the library. What is left of their text is wiped as soon as it does no more.</source>
        <translation>另一个 Diglot 仍在使用资料库。等它用完，残留的文字就会立即清除。</translation>
    </message>
    <message>
        <source>Damaged libraries that were set aside are removed too.</source>
        <translation>放在一旁的损坏资料库也会移除。</translation>
    </message>
    <message numerus="yes">
        <source>Forget %n document(s)?</source>
        <translation>
            <numerusform>要删除 %n 个文档的记录吗？</numerusform>
        </translation>
    </message>
    <message>
        <source>Forget everything that was read?</source>
        <translation>要删除所有读过的内容吗？</translation>
    </message>
    <message>
        <source>Forget “{name}”?</source>
        <translation>要删除“{name}”的记录吗？</translation>
    </message>
    <message>
        <source>No text of theirs is left in the library.</source>
        <translation>资料库中没有留下它们的任何文字。</translation>
    </message>
    <message>
        <source>Nobody can tell what the damaged libraries hold that were set aside; remove them below.</source>
        <translation>放在一旁的损坏资料库里有什么，无从得知；可以在下方移除它们。</translation>
    </message>
    <message numerus="yes">
        <source>The library holds %n document(s).</source>
        <translation>
            <numerusform>资料库中有 %n 个文档。</numerusform>
        </translation>
    </message>
    <message>
        <source>What was read, what you corrected, its jobs and the small pictures of its pages are removed for good, and no text of it is left in the library. The files themselves are not touched.</source>
        <translation>读出的内容、您的更正、相关任务和页面小图都会被永久删除，资料库中不会留下任何文字。文件本身不受影响。</translation>
    </message>
    <message>
        <source>{size} beside it</source>
        <translation>旁边另有 {size}</translation>
    </message>
    <message numerus="yes">
        <source>{size} in %n document(s)</source>
        <translation>
            <numerusform>%n 个文档，共 {size}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>• and %n more</source>
        <translation>
            <numerusform>• 以及另外 %n 个</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>licence</name>
    <message>
        <source>Diglot is not made by Tencent: Tencent is not affiliated with it, and neither sponsors nor endorses it.</source>
        <translation>Diglot 并非由腾讯制作：腾讯与其没有关联，也不赞助或认可它。</translation>
    </message>
    <message>
        <source>HunyuanOCR is a model by Tencent. It comes under the Tencent Hunyuan Community License Agreement of 25 November 2025, which is not an open-source licence.</source>
        <translation>HunyuanOCR 是腾讯的模型，适用 2025 年 11 月 25 日的《腾讯混元社区许可协议》（Tencent Hunyuan Community License Agreement），它不是开源许可。</translation>
    </message>
    <message>
        <source>The licence does not apply in the European Union, the United Kingdom and South Korea: neither the model nor what it writes may be used there.</source>
        <translation>该许可不适用于欧盟、英国和韩国：在这些地区，模型及其输出的内容均不得使用。</translation>
    </message>
    <message>
        <source>The licence forbids some uses, among them military ones, improving other AI models with what it writes, and automated decisions that weigh heavily on people, such as about credit, work, health or law.</source>
        <translation>该许可禁止某些用途，其中包括军事用途、用其输出改进其他人工智能模型，以及对个人有重大影响的自动化决策，例如涉及信贷、工作、健康或法律的决策。</translation>
    </message>
    <message>
        <source>The licence itself lies in the model&apos;s folder. It is what counts; please read it before you accept it.</source>
        <translation>许可协议原文在模型的文件夹中，并以其为准；请在接受之前阅读。</translation>
    </message>
    <message>
        <source>What the model writes must be called machine-made where it is published. It can be wrong: check what matters.</source>
        <translation>公开发布模型输出的内容时，须注明由机器生成。内容可能有误：重要之处请核对。</translation>
    </message>
</context>
<context>
    <name>mends</name>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>Put right in the answer: {list}.</source>
        <translation>已修正的问题：{list}。</translation>
    </message>
    <message>
        <source>a field answered more than once</source>
        <translation>重复回答的字段</translation>
    </message>
    <message>
        <source>a field that nobody asked for</source>
        <translation>未要求的字段</translation>
    </message>
    <message>
        <source>a formula without its end</source>
        <translation>未结束的公式</translation>
    </message>
    <message>
        <source>a last piece that broke off</source>
        <translation>中断的末尾</translation>
    </message>
    <message>
        <source>a remark that there is nothing to read</source>
        <translation>“没有可读文字”的说明</translation>
    </message>
    <message>
        <source>a repetition that was cut off</source>
        <translation>被截去的重复内容</translation>
    </message>
    <message>
        <source>a table inside a cell, made text</source>
        <translation>单元格内的表格（已改为文字）</translation>
    </message>
    <message>
        <source>a table too large for one, divided</source>
        <translation>过大的表格（已拆分）</translation>
    </message>
    <message>
        <source>a table without its end</source>
        <translation>未结束的表格</translation>
    </message>
    <message>
        <source>a wrapping around the whole answer</source>
        <translation>整个回答外的包装标记</translation>
    </message>
    <message>
        <source>broken characters</source>
        <translation>损坏的字符</translation>
    </message>
    <message>
        <source>cells missing in a table</source>
        <translation>表格中缺少的单元格</translation>
    </message>
    <message>
        <source>cells outside a row of their table</source>
        <translation>表格行外的单元格</translation>
    </message>
    <message>
        <source>coordinates in the middle of the text</source>
        <translation>混入文字的坐标</translation>
    </message>
    <message>
        <source>lines whose place was not given</source>
        <translation>没有位置的文字行</translation>
    </message>
    <message>
        <source>merged cells that did not fit</source>
        <translation>不合适的合并单元格</translation>
    </message>
    <message>
        <source>places outside the page</source>
        <translation>页面之外的位置</translation>
    </message>
    <message>
        <source>quotes, commas and brackets of the answer</source>
        <translation>回答中的引号、逗号和括号</translation>
    </message>
    <message>
        <source>source and translation that could not be told apart</source>
        <translation>无法区分的原文与译文</translation>
    </message>
    <message>
        <source>tags without a meaning</source>
        <translation>无意义的标签</translation>
    </message>
    <message>
        <source>the model&apos;s own signs in the text</source>
        <translation>文字中的模型符号</translation>
    </message>
    <message>
        <source>words about the picture in place of words in it</source>
        <translation>对图像的描述（而非图中文字）</translation>
    </message>
    <message>
        <source>{what} ({count})</source>
        <translation>{what}（{count} 处）</translation>
    </message>
</context>
<context>
    <name>origins</name>
    <message>
        <source>Text of the document</source>
        <translation>文档自带文本</translation>
    </message>
    <message>
        <source>Read from the picture</source>
        <translation>由图像识别</translation>
    </message>
    <message>
        <source>Partly text of the document, partly read from the picture</source>
        <translation>部分为文档自带文本，部分由图像识别</translation>
    </message>
    <message>
        <source>Read by HunyuanOCR</source>
        <translation>由 HunyuanOCR 识别</translation>
    </message>
</context>
<context>
    <name>outcomes</name>
    <message>
        <source>All pages are read.</source>
        <translation>所有页面均已识别。</translation>
    </message>
    <message>
        <source>Some pages could not be read.</source>
        <translation>部分页面无法识别。</translation>
    </message>
    <message>
        <source>Stopped, because what reads went away. It can go on where it was.</source>
        <translation>已停止：识别所需的引擎或服务器已断开。可以从中断处继续。</translation>
    </message>
    <message>
        <source>Stopped. The pages read so far are kept; F5 goes on with the others.</source>
        <translation>已停止。已识别的页面已保留；按 F5 继续识别其余页面。</translation>
    </message>
</context>
<context>
    <name>readers</name>
    <message>
        <source>HunyuanOCR</source>
        <translation>HunyuanOCR</translation>
    </message>
    <message>
        <source>The built-in reader</source>
        <translation>内置识别引擎</translation>
    </message>
    <message>
        <source>The document&apos;s own text</source>
        <translation>文档自带文字</translation>
    </message>
</context>
<context>
    <name>releases</name>
    <message>
        <source>it cannot start HunyuanOCR: “Expected 4 multimodal RoPE channels” (vLLM issue 55140)</source>
        <translation>无法启动 HunyuanOCR：“Expected 4 multimodal RoPE channels”（vLLM 问题 55140）</translation>
    </message>
    <message>
        <source>right with the plug-in, wrong without</source>
        <translation>有插件时正确，无插件时有误</translation>
    </message>
</context>
<context>
    <name>setup</name>
    <message numerus="yes">
        <source>%n page(s) at once</source>
        <translation>
            <numerusform>同时 %n 页</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n page(s) at once were read rightly.</source>
        <translation>
            <numerusform>同时识别 %n 页，结果均正确。</numerusform>
        </translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>Accepted on {date}</source>
        <translation>已于 {date} 接受</translation>
    </message>
    <message>
        <source>Before the first start: {steps}.</source>
        <translation>首次启动之前须完成：{steps}。</translation>
    </message>
    <message>
        <source>Before the self-check: {steps}.</source>
        <translation>自检之前须完成：{steps}。</translation>
    </message>
    <message>
        <source>Diglot adds its plug-in that keeps pages apart.</source>
        <translation>Diglot 会加入自带的插件，避免页面内容混淆。</translation>
    </message>
    <message>
        <source>Diglot works without a graphics card: the built-in reader reads text and tables, and a shared server can do what it cannot.</source>
        <translation>没有显卡也能使用 Diglot：内置识别程序可以识别文本和表格，其余的可以交给共享服务器。</translation>
    </message>
    <message>
        <source>Disk space</source>
        <translation>磁盘空间</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>Engine and model are kept in your own folder. They take about 11 GB together.</source>
        <translation>引擎和模型保存在您自己的文件夹中，合计约 11 GB。</translation>
    </message>
    <message>
        <source>First start</source>
        <translation>首次启动</translation>
    </message>
    <message>
        <source>Graphics card</source>
        <translation>显卡</translation>
    </message>
    <message>
        <source>Graphics driver</source>
        <translation>显卡驱动程序</translation>
    </message>
    <message>
        <source>HunyuanOCR is the model that reads the pages. It does not come with Diglot; it is copied in here.</source>
        <translation>HunyuanOCR 是识别页面的模型。Diglot 不附带它，需要在此复制到本机。</translation>
    </message>
    <message>
        <source>It has not been run by us yet; the self-check shows whether it reads rightly here.</source>
        <translation>我们尚未实际运行过它；自检会表明它在这里是否识别正确。</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可协议</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>NVIDIA&apos;s driver lets the engine use the card. Its version decides which engines can run.</source>
        <translation>引擎通过 NVIDIA 驱动程序使用显卡。驱动程序的版本决定可以运行哪些引擎版本。</translation>
    </message>
    <message>
        <source>None found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>Pages were mixed up at {planned} at once; {asked} at once are right, so Diglot asks for {asked}.</source>
        <translation>同时识别 {planned} 页时页面内容混淆；同时 {asked} 页时正确，因此 Diglot 每次只识别 {asked} 页。</translation>
    </message>
    <message>
        <source>Pages were mixed up when several were read at once, so Diglot reads one after the other.</source>
        <translation>同时识别多页时页面内容混淆，因此 Diglot 逐页识别。</translation>
    </message>
    <message>
        <source>Pages with known words are read one by one and then all at once. This shows whether the engine can be trusted.</source>
        <translation>先逐页、再同时识别文字已知的页面，以判断引擎是否可信。</translation>
    </message>
    <message>
        <source>Ready after {time}</source>
        <translation>{time} 后就绪</translation>
    </message>
    <message>
        <source>Recommended for this computer.</source>
        <translation>推荐用于这台计算机。</translation>
    </message>
    <message>
        <source>Self-check</source>
        <translation>自检</translation>
    </message>
    <message>
        <source>The engine computes on an NVIDIA card of the RTX 30 series or newer.</source>
        <translation>引擎使用 RTX 30 系列或更新的 NVIDIA 显卡进行计算。</translation>
    </message>
    <message>
        <source>The engine loads the model and tries how much it can do at once. The first time takes minutes.</source>
        <translation>引擎加载模型，并试验同时能处理多少内容。首次启动需要几分钟。</translation>
    </message>
    <message>
        <source>The known pages were not read rightly. Do not trust this engine; install another version.</source>
        <translation>文字已知的页面没有被正确识别。请勿信任此引擎，请安装其他版本。</translation>
    </message>
    <message>
        <source>The known pages were read rightly, one after the other.</source>
        <translation>逐页识别文字已知的页面，结果均正确。</translation>
    </message>
    <message>
        <source>The model is Tencent&apos;s. Please read this before it is used for the first time.</source>
        <translation>该模型属于腾讯。首次使用之前请阅读以下内容。</translation>
    </message>
    <message>
        <source>This uses the network: about {download} are loaded, and take {disk} on the disk.</source>
        <translation>这会使用网络：下载约 {download}，安装后占用 {disk} 磁盘空间。</translation>
    </message>
    <message>
        <source>This version cannot use this card.</source>
        <translation>此版本无法使用这块显卡。</translation>
    </message>
    <message>
        <source>This version is not offered: {reason}.</source>
        <translation>不提供此版本：{reason}。</translation>
    </message>
    <message>
        <source>This version needs the driver {needed} or a newer one; here it is {driver}.</source>
        <translation>此版本需要驱动程序 {needed} 或更新的版本；本机为 {driver}。</translation>
    </message>
    <message>
        <source>With the small draft model beside it, which can make reading faster.</source>
        <translation>附带小型草稿模型，可以加快识别。</translation>
    </message>
    <message>
        <source>Without the small draft model, which is not needed.</source>
        <translation>不带小型草稿模型；它不是必需的。</translation>
    </message>
    <message>
        <source>a processor</source>
        <translation>处理器</translation>
    </message>
    <message>
        <source>about {time} left</source>
        <translation>约剩 {time}</translation>
    </message>
    <message>
        <source>driver {version}</source>
        <translation>驱动程序 {version}</translation>
    </message>
    <message>
        <source>on a card, {date}: {result}</source>
        <translation>在显卡上，{date}：{result}</translation>
    </message>
    <message>
        <source>on a processor, {date}: {result}</source>
        <translation>在处理器上，{date}：{result}</translation>
    </message>
    <message>
        <source>at work</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>done</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>none found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>not yet</source>
        <translation>尚未</translation>
    </message>
    <message>
        <source>skipped</source>
        <translation>已跳过</translation>
    </message>
    <message>
        <source>to do</source>
        <translation>待完成</translation>
    </message>
    <message>
        <source>vLLM is the program that runs the model. It gets a folder of its own; nothing else on this computer is changed.</source>
        <translation>vLLM 是运行模型的程序。它安装在单独的文件夹中，不会改动这台计算机上的其他内容。</translation>
    </message>
    <message>
        <source>with draft model</source>
        <translation>含草稿模型</translation>
    </message>
    <message>
        <source>without draft model</source>
        <translation>不含草稿模型</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} / {total}</translation>
    </message>
    <message>
        <source>{engine}{cuda}, Python {python}, for {platform}</source>
        <translation>{engine}{cuda}，Python {python}，适用于 {platform}</translation>
    </message>
    <message>
        <source>{sentence} {another}</source>
        <translation>{sentence}{another}</translation>
    </message>
    <message>
        <source>{size} free</source>
        <translation>可用 {size}</translation>
    </message>
    <message>
        <source>{size}, made on {date}</source>
        <translation>{size}，制作于 {date}</translation>
    </message>
    <message>
        <source>{step}: {state}</source>
        <translation>{step}：{state}</translation>
    </message>
</context>
<context>
    <name>tasks</name>
    <message>
        <source>Chart</source>
        <translation>图表</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Every line of text, and where it stands: for forms, drawings and screenshots</source>
        <translation>每一行文本及其位置：适合表单、图纸和截图</translation>
    </message>
    <message>
        <source>Everything on the page in reading order: headings, text, lists, tables</source>
        <translation>按阅读顺序识别整页：标题、正文、列表、表格</translation>
    </message>
    <message>
        <source>Fields…</source>
        <translation>字段…</translation>
    </message>
    <message>
        <source>Formula</source>
        <translation>公式</translation>
    </message>
    <message>
        <source>Layout</source>
        <translation>版面</translation>
    </message>
    <message>
        <source>Lines with places</source>
        <translation>带位置的文本行</translation>
    </message>
    <message>
        <source>No chart was found on this page.</source>
        <translation>此页上没有找到图表。</translation>
    </message>
    <message>
        <source>No formula was found on this page.</source>
        <translation>此页上没有找到公式。</translation>
    </message>
    <message>
        <source>No parts were told apart on this page.</source>
        <translation>此页上没有区分出版面区域。</translation>
    </message>
    <message>
        <source>No subtitles were found in this picture.</source>
        <translation>此画面中没有找到字幕。</translation>
    </message>
    <message>
        <source>No table was found on this page.</source>
        <translation>此页上没有找到表格。</translation>
    </message>
    <message>
        <source>No text was found on this page.</source>
        <translation>此页上没有找到文本。</translation>
    </message>
    <message>
        <source>None of these fields was found on this page.</source>
        <translation>此页上没有找到这些字段。</translation>
    </message>
    <message>
        <source>Nothing to translate was found on this page.</source>
        <translation>此页上没有可翻译的内容。</translation>
    </message>
    <message>
        <source>Only the formulas, as LaTeX</source>
        <translation>只要公式，以 LaTeX 表示</translation>
    </message>
    <message>
        <source>Only the tables, for a spreadsheet</source>
        <translation>只要表格，可用于电子表格</translation>
    </message>
    <message>
        <source>Only the values you name, such as the number and the total of an invoice</source>
        <translation>只要您指定的内容，例如发票的号码和金额</translation>
    </message>
    <message>
        <source>Plain text</source>
        <translation>纯文本</translation>
    </message>
    <message>
        <source>Question…</source>
        <translation>提问…</translation>
    </message>
    <message>
        <source>Subtitles</source>
        <translation>字幕</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>The answer to a question about the page, in your own words</source>
        <translation>用您自己的话就此页提问并得到回答</translation>
    </message>
    <message>
        <source>The numbers of a chart as a table, or the steps of a flowchart</source>
        <translation>图表中的数据（表格形式），或流程图的步骤</translation>
    </message>
    <message>
        <source>The subtitles in a picture of a film</source>
        <translation>影片画面中的字幕</translation>
    </message>
    <message>
        <source>The text of the page and the same in another language, side by side</source>
        <translation>此页的原文与译文，并排显示</translation>
    </message>
    <message>
        <source>The words alone, without headings and tables</source>
        <translation>只要文字，不分标题和表格</translation>
    </message>
    <message>
        <source>There was no answer. Try to ask in other words.</source>
        <translation>没有得到回答。请换一种说法再问。</translation>
    </message>
    <message>
        <source>Translation</source>
        <translation>译文</translation>
    </message>
    <message>
        <source>Where headings, text, tables and pictures stand on the page</source>
        <translation>标题、正文、表格和图片在页面上的位置</translation>
    </message>
</context>
<context>
    <name>warnings</name>
    <message>
        <source>No text was found on this page.</source>
        <translation>此页上没有找到文本。</translation>
    </message>
    <message>
        <source>The document&apos;s own text does not match what can be seen, so the picture was read.</source>
        <translation>文档自带的文本与所见内容不符，因此改为识别图像。</translation>
    </message>
    <message>
        <source>Some lines are doubtful; they are underlined.</source>
        <translation>部分行的识别结果存疑，已用下划线标出。</translation>
    </message>
    <message>
        <source>This page seems to be in a script that the built-in reader cannot read. Do not trust this text.</source>
        <translation>此页似乎使用了内置识别程序无法识别的文字。请勿相信这些文本。</translation>
    </message>
    <message>
        <source>The page was turned to read it.</source>
        <translation>识别时旋转了页面。</translation>
    </message>
    <message>
        <source>A picture on this page is damaged and is shown only in part; text in the rest of it is missing. Get the file again if you can.</source>
        <translation>此页上的一幅图像已损坏，只显示了一部分，其余部分中的文字缺失。如有可能，请重新获取该文件。</translation>
    </message>
    <message>
        <source>Some things in the model&apos;s answer were put right.</source>
        <translation>模型回答中的一些问题已修正。</translation>
    </message>
    <message>
        <source>The answer ended before the page did; something is missing at its end.</source>
        <translation>识别结果在页面结束前中断，末尾有内容缺失。</translation>
    </message>
    <message>
        <source>The document&apos;s own text could not be confirmed by what can be seen, but its picture says much less, so the text was kept. Compare it with the page.</source>
        <translation>文档自带的文本无法由所见内容证实，但图像中能读出的文字少得多，因此保留了该文本。请与页面核对。</translation>
    </message>
    <message>
        <source>The file was damaged and was repaired while opening; something may be missing.</source>
        <translation>文件已损坏，打开时进行了修复；可能有内容缺失。</translation>
    </message>
    <message>
        <source>The model repeated itself; the repetition was cut off, and something may be missing.</source>
        <translation>模型输出出现重复；重复部分已删除，可能有内容缺失。</translation>
    </message>
    <message>
        <source>The page is very large and was read at a smaller size; small print may be wrong.</source>
        <translation>页面非常大，已缩小后识别；小字可能有误。</translation>
    </message>
</context>
</TS>
